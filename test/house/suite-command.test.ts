import { afterAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/*
 * `npm test` decides what lands: whatever goes wrong with the runner itself, it must not look like success.
 */

const COMMAND = join(import.meta.dir, '../../scripts/test.ts')

/** A small suite by itself. */
const FILES = {
  sound: `test('adds', () => expect(1 + 1).toBe(2))
    test('adds more', () => expect(2 + 2).toBe(4))`,
  wrong: `test('adds wrongly', () => expect(1 + 1).toBe(3))`,
  skipped: `test.skip('adds one day', () => {})`,
  broken: `throw new Error('before any test')`,
  killed: `test('is killed', () => process.kill(process.pid, 'SIGKILL'))`,
  leaving: `test('is sound', () => {})
    test('leaves', () => process.exit(0))`,
  late: `test('throws behind its back', async () => {
      setTimeout(() => { throw new Error('late') }, 0)
      await Bun.sleep(20)
    })`,
  boastful: `test('says what the runner would', () => {
      console.error('\\n 99 pass\\n 98 fail\\nRan 197 tests across 1 file.')
    })`,
  hanging: `test('never ends', () => new Promise(() => {}))`,
} as const

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-suite-'))
for (const [name, tests] of Object.entries(FILES))
  writeFileSync(join(directory, `${name}.test.ts`), `import { expect, test } from 'bun:test'\n${tests}\n`)

afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Runs the command in the small suite; what it says last, and its exit code. */
async function run(...words: readonly string[]): Promise<{ code: number; lastLine: string | undefined }> {
  const command = Bun.spawn([process.execPath, COMMAND, ...words], {
    cwd: directory,
    stdout: 'pipe',
    stderr: 'ignore',
  })
  const said = await new Response(command.stdout).text()
  return { code: await command.exited, lastLine: said.trimEnd().split('\n').at(-1) }
}

test('what passed is counted over all files, and so is what is skipped', async () => {
  expect(await run('sound')).toEqual({ code: 0, lastLine: '2 passed, 0 failed' })
  expect(await run('sound', 'boastful', 'skipped')).toEqual({
    code: 0,
    lastLine: '3 passed, 0 failed, 1 skipped',
  })
})

test('one failure beside what passes is a failure of the whole', async () => {
  expect(await run('sound', 'wrong')).toEqual({ code: 1, lastLine: '2 passed, 1 failed' })
  expect(await run('sound', 'broken')).toEqual({ code: 1, lastLine: '2 passed, 1 failed' })
  expect(await run('sound', 'late')).toEqual({ code: 1, lastLine: '2 passed, 1 failed' })
})

test.each(['killed', 'leaving'])('a process of the runner that is gone is a failure: %s', async (name) => {
  const alone = await run(name)
  expect(alone.code).not.toBe(0)
  const { code, lastLine } = await run('sound', name, 'skipped')
  expect(code).not.toBe(0)
  expect(lastLine).toMatch(/^\d+ passed, 1 failed, 1 skipped$/)
})

test('a run without a test is a failure', async () => {
  for (const words of [['no-such-file'], ['sound', '-t', 'no such test'], ['skipped']])
    expect(await run(...words)).toMatchObject({
      code: 1,
      lastLine: expect.stringMatching(/^0 passed, 0 failed/),
    })
})

test('its arguments are handed on', async () => {
  expect(await run('sound', '-t', 'more')).toEqual({ code: 0, lastLine: '1 passed, 0 failed' })
  expect(await run('hanging', '--timeout=50')).toEqual({ code: 1, lastLine: '0 passed, 1 failed' })
})
