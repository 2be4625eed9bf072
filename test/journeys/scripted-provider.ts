/** What a scripted provider was asked, in order. */
export interface ScriptedCall {
  readonly path: string
  readonly body: string
  readonly signal: AbortSignal
  readonly request: Request
}

/** A server that answers as a test says, for what the simulated provider has no word for. */
export interface ScriptedProvider {
  readonly url: string
  readonly calls: readonly ScriptedCall[]
  close(): Promise<void>
}

/** Opens a server that answers every request with what `answer` gives. */
export function openScriptedProvider(
  answer: (call: ScriptedCall) => Response | Promise<Response>,
): ScriptedProvider {
  const calls: ScriptedCall[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const call = {
        path: new URL(request.url).pathname,
        body: await request.text(),
        signal: request.signal,
        request,
      }
      calls.push(call)
      return answer(call)
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, calls, close: () => server.stop(true) }
}
