import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'

/** Of one test: beside other processes everything takes a multiple of its time, and what hangs still ends. */
const TIMEOUT_MS = 180_000

/** Some tests wait for a process or a timer of the system: one more than there are cores keeps these busy meanwhile. */
const WORKERS = availableParallelism() + 1

/** Where Linux keeps files in memory; what a container gives it by default is not enough, and nothing may be run there. */
const MEMORY = '/dev/shm'
const ROOM_BYTES = 2 * 1024 ** 3

/** Nobody needs what tests leave on a disk, and to wait until it lies there takes as long as all else that they do. */
function placeForFiles(): string {
  const mounts = existsSync('/proc/mounts') ? readFileSync('/proc/mounts', 'utf8').split('\n') : []
  const options = mounts.map((mount) => mount.split(' ')).find(([, place]) => place === MEMORY)?.[3]
  if (options === undefined || options.split(',').includes('noexec')) return tmpdir()
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= ROOM_BYTES ? MEMORY : tmpdir()
}

const directory = mkdtempSync(join(placeForFiles(), 'gatehouse-suite-'))

/**
 * Runs the whole suite, a process for each core and one more, and closes with the plain line `N passed, N failed[, N skipped]`, which bun's own
 * summary is not. Arguments are handed on: `npm test -- src/kit` runs one room.
 *
 * Files are handed to whichever process is free. One process keeps its modules from file to file: to import the house and the SDKs
 * anew for each of them would cost more than the second core gives. It ends with this process, and so does what it started.
 */
const suite = Bun.spawn(
  [
    process.execPath,
    'test',
    `--parallel=${WORKERS}`,
    '--no-isolate',
    '--no-orphans',
    `--timeout=${TIMEOUT_MS}`,
    ...process.argv.slice(2),
  ],
  {
    stdout: 'inherit',
    stderr: 'pipe',
    env: {
      ...process.env,
      TMPDIR: directory,
      BUN_CONFIG_MAX_HTTP_REQUESTS: '65336',
      // What one test gives up the next one takes: to hand memory to the system in between costs half of the time in the kernel.
      MIMALLOC_PURGE_DELAY: '-1',
      // A test is over before the last compiler's work has paid: the rooms of exchange, dialects, kit and ledger took 16 to 21 s of CPU
      // with it and 14 to 16 without.
      BUN_JSC_useFTLJIT: '0',
    },
  },
)

// Whoever is stopped clears up first.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => suite.kill(signal))

let report = ''
const decoder = new TextDecoder()
for await (const bytes of suite.stderr) {
  process.stderr.write(bytes)
  report = (report + decoder.decode(bytes, { stream: true })).slice(-20_000)
}
const code = await suite.exited
rmSync(directory, { recursive: true, force: true })

/** The summary is the last word; a test may have said the same before. */
const count = (word: string): number =>
  Number([...report.matchAll(new RegExp(`^\\s*(\\d+) ${word}$`, 'gm'))].at(-1)?.[1] ?? 0)
const [passed, failed, skipped] = [count('pass'), count('fail'), count('skip')]
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)

// A crash of the runner or an empty run must not look like success.
process.exit(code !== 0 ? code : passed === 0 || failed > 0 ? 1 : 0)
