import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { freePort, startPinned, SYSTEM_CORE, waitForHttp, type System } from '../process.ts'

const ROOT = join(import.meta.dir, '../..')

/**
 * A peer that installs from npm. `overrides` in the root's package.json hold its HTTP server at the last version under which it streams: it
 * appends to headers that later ones hand on as they were fetched, which refuse that, and answers every stream with a 500.
 */
export const portkey: System = {
  name: 'portkey',
  async start(upstreamPort) {
    const script = join(ROOT, 'node_modules/@portkey-ai/gateway/build/start-server.js')
    const node = Bun.which('node')
    if (node === null || !existsSync(script)) {
      console.log('node or @portkey-ai/gateway is missing; its ratios are left out')
      return undefined
    }
    const port = await freePort()
    const program = startPinned(SYSTEM_CORE, [node, script, `--port=${port}`, '--headless'])
    await waitForHttp(`http://127.0.0.1:${port}/`)
    return {
      chatUrl: `http://127.0.0.1:${port}/v1/chat/completions`,
      embeddingsUrl: `http://127.0.0.1:${port}/v1/embeddings`,
      headers: {
        'content-type': 'application/json',
        authorization: 'Bearer bench',
        'x-portkey-provider': 'openai',
        'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
      },
      model: (name) => name,
      pids: [program.pid],
      async stop() {
        program.kill('SIGKILL')
        await program.exited
      },
    }
  },
}
