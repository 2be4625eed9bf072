/** A provider that lists its models and answers chats to whoever has its key. */
export interface ListingProvider {
  /** Its address, as a base URL. */
  readonly url: string
  /** The credentials that came with questions, in order. */
  readonly asked: string[]
  close(): Promise<void>
}

export interface ListingOptions {
  /** Absent: its list is open to everybody. */
  readonly key?: string
  /** What it says to chats. */
  readonly says: string
}

/** Opens one on a free port. It speaks the most common wire, and quotes the key that it refuses. */
export function openListingProvider({ key, says }: ListingOptions): ListingProvider {
  const asked: string[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const sent = request.headers.get('authorization') ?? ''
      asked.push(sent)
      if (key !== undefined && sent !== `Bearer ${key}`)
        return Response.json(
          {
            error: {
              message: `Incorrect API key provided: ${sent.slice(7)}.`,
              type: 'invalid_request_error',
            },
          },
          { status: 401 },
        )
      if (new URL(request.url).pathname.endsWith('/models'))
        return Response.json({ object: 'list', data: [{ id: 'one' }, { id: 'two' }] })
      await request.text()
      return Response.json({
        id: 'chatcmpl-1',
        object: 'chat.completion',
        created: 1,
        model: 'one',
        choices: [{ index: 0, message: { role: 'assistant', content: says }, finish_reason: 'stop' }],
        usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
      })
    },
  })
  return { url: `http://127.0.0.1:${server.port}/v1`, asked, close: () => server.stop(true) }
}
