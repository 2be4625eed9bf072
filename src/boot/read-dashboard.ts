import { fileURLToPath } from 'node:url'
import { LIMITS } from '../kit/limits.ts'

/** What `npm run build` puts the dashboard into the binary as. */
const EMBEDDED = '.pack'
const BUILD = new URL('../../dashboard/build.ts', import.meta.url)

/**
 * Gives the bundled dashboard: the one in the binary, else, where the gateway runs from its source, one made now. It is made by a process
 * of its own, since a bundler takes more memory than the whole gateway and gives none of it back.
 *
 * @throws Error with what the bundler said
 */
export async function readDashboard(): Promise<string> {
  const embedded = Bun.embeddedFiles.find((file) => 'name' in file && String(file.name).endsWith(EMBEDDED))
  if (embedded !== undefined) return embedded.text()
  const child = Bun.spawn([Bun.argv[0] ?? 'bun', ...settings(), fileURLToPath(BUILD)], {
    // Nothing of what the gateway knows of keys is for a bundler.
    env: {},
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: LIMITS.dashboardBuildMs,
    killSignal: 'SIGKILL',
  })
  const [pack, complaints, exitCode] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  if (exitCode !== 0) throw new Error(`the dashboard cannot be bundled: ${complaints.trim().slice(0, 2_000)}`)
  return pack
}

/** As `bin/gatehouse` has it, and that of the dashboard's own files. */
function settings(): string[] {
  const config = fileURLToPath(new URL('../bin/runtime.toml', BUILD))
  const types = fileURLToPath(new URL('tsconfig.json', BUILD))
  return [`--config=${config}`, `--tsconfig-override=${types}`, '--no-env-file', '--no-install']
}
