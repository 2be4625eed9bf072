import { availableParallelism } from 'node:os'

/** Runs every gate, two at a time, each on its own line, and stops with a failure if any of them found something. */
const bin = (name: string): string => `node_modules/.bin/${name}`

const GATES: readonly (readonly [string, readonly string[]])[] = [
  // First, because it takes longest.
  ['lint', [bin('oxlint'), '--type-aware', '--deny-warnings']],
  ['format', [bin('oxfmt'), '--check']],
  ['types', [bin('tsc')]],
  ['types of the dashboard', [bin('tsc'), '-p', 'dashboard']],
  [
    'walls',
    [process.execPath, '--bun', bin('depcruise'), 'src', 'dashboard', '--config', '.dependency-cruiser.cjs'],
  ],
  ['unused', [process.execPath, '--bun', bin('knip'), '--treat-config-hints-as-errors']],
  [
    'unused by the product',
    [
      process.execPath,
      '--bun',
      bin('knip'),
      '--production',
      '--workspace',
      '.',
      '--config',
      'knip.product.json',
      '--treat-config-hints-as-errors',
    ],
  ],
]

interface Outcome {
  readonly passed: boolean
  readonly lines: string
}

async function run([name, command]: (typeof GATES)[number]): Promise<Outcome> {
  const startedMs = performance.now()
  const gate = Bun.spawn([...command], { stdout: 'pipe', stderr: 'pipe' })
  const [stdout, stderr, code] = await Promise.all([
    new Response(gate.stdout).text(),
    new Response(gate.stderr).text(),
    gate.exited,
  ])
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  const passed = code === 0
  const line = `${passed ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`
  return { passed, lines: passed ? line : `${line}\n${stdout}${stderr}` }
}

/** Most gates use one core, and all of them only read. */
const AT_ONCE = Math.min(2, availableParallelism())
const waiting = [...GATES]
let failed = 0

async function work(): Promise<void> {
  for (let gate = waiting.shift(); gate !== undefined; gate = waiting.shift()) {
    const { passed, lines } = await run(gate)
    if (!passed) failed += 1
    console.log(lines)
  }
}

await Promise.all(Array.from({ length: AT_ONCE }, work))
process.exit(failed === 0 ? 0 : 1)
