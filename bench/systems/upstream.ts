import { join } from 'node:path'
import { LOAD_CORE, startPinned, waitForLine } from '../process.ts'

/** Starts the upstream on the second core. */
export async function startUpstream(): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const program = startPinned(LOAD_CORE, [process.execPath, join(import.meta.dir, '../upstream.ts'), '0'])
  const [, port] = await waitForLine(program.stdout, /listening (\d+)/)
  return {
    port: Number(port),
    async stop() {
      program.kill()
      await program.exited
    },
  }
}
