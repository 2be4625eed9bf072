import { join } from 'node:path'

const CHECKOUT = Bun.fileURLToPath(new URL('../..', import.meta.url))

/** Builds the program that users get, one file that needs nothing else, into a directory; gives its path. Throws when it cannot be built. */
export function compileGateway(directory: string): string {
  const program = join(directory, 'gatehouse')
  const build = Bun.spawnSync([process.execPath, 'run', 'build', '--outfile', program], { cwd: CHECKOUT })
  if (build.exitCode !== 0) throw new Error(`the program cannot be built: ${build.stderr.toString()}`)
  return program
}
