/** Runs every gate, each on its own line, and stops with a failure if any of them found something. */
const bin = (name: string): string => `node_modules/.bin/${name}`

const GATES: readonly (readonly [string, readonly string[]])[] = [
  ['format', [bin('oxfmt'), '--check']],
  ['lint', [bin('oxlint'), '--type-aware', '--deny-warnings']],
  ['types', [bin('tsc')]],
  ['walls', [process.execPath, '--bun', bin('depcruise'), 'src', '--config', '.dependency-cruiser.cjs']],
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

let failed = 0
for (const [name, command] of GATES) {
  const startedMs = performance.now()
  const gate = Bun.spawnSync([...command], { stdout: 'pipe', stderr: 'pipe' })
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
  console.log(`${gate.exitCode === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (gate.exitCode === 0) continue
  failed += 1
  console.log(gate.stdout.toString() + gate.stderr.toString())
}
process.exit(failed === 0 ? 0 : 1)
