/**
 * The upstream of the benchmark: answers from buffers made beforehand, so that what is measured is what stands in front.
 * The model name says what to do: `bench-unary`, or `bench-stream-<chunks>-<gap in ms>`.
 */
const [port = '0'] = process.argv.slice(2)
const encoder = new TextEncoder()

const WORDS = 'The quick brown fox jumps over the lazy dog and then goes on to describe what it saw there. '
const unary = encoder.encode(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'bench',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: WORDS.repeat(4), refusal: null },
        finish_reason: 'stop',
        logprobs: null,
      },
    ],
    usage: { prompt_tokens: 60, completion_tokens: 80, total_tokens: 140 },
  }),
)

const chunk = (delta: object, finish: string | null, usage?: object): Uint8Array =>
  encoder.encode(
    `data: ${JSON.stringify({
      id: 'chatcmpl-bench',
      object: 'chat.completion.chunk',
      created: 1_700_000_000,
      model: 'bench',
      system_fingerprint: 'fp_bench',
      choices: usage === undefined ? [{ index: 0, delta, finish_reason: finish }] : [],
      ...(usage === undefined ? {} : { usage }),
    })}\n\n`,
  )
const first = chunk({ role: 'assistant', content: '', refusal: null }, null)
const token = chunk({ content: ' token' }, null)
const last = chunk({}, 'stop')
const usage = chunk({}, null, { prompt_tokens: 60, completion_tokens: 200, total_tokens: 260 })
const done = encoder.encode('data: [DONE]\n\n')

interface Stream {
  left: number
  readonly controller: ReadableStreamDefaultController<Uint8Array>
}

/** One timer per pace drives all its streams: a timer per stream would measure timers. */
const paces = new Map<number, Set<Stream>>()

function paceOf(gapMs: number): Set<Stream> {
  let streams = paces.get(gapMs)
  if (streams === undefined) {
    streams = new Set()
    const all = streams
    setInterval(() => {
      for (const stream of all) advance(stream, all)
    }, gapMs)
    paces.set(gapMs, streams)
  }
  return streams
}

function advance(stream: Stream, streams: Set<Stream>): void {
  if (stream.left > 0) {
    stream.left -= 1
    stream.controller.enqueue(token)
    return
  }
  streams.delete(stream)
  for (const bytes of [last, usage, done]) stream.controller.enqueue(bytes)
  stream.controller.close()
}

function stream(chunks: number, gapMs: number): Response {
  let own: Stream | undefined
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(first)
      own = { left: chunks, controller }
      paceOf(gapMs).add(own)
    },
    cancel() {
      if (own !== undefined) paceOf(gapMs).delete(own)
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}

const MODEL = /bench-stream-(\d+)-(\d+)/

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  idleTimeout: 0,
  async fetch(request) {
    const body = await request.text()
    const match = MODEL.exec(body)
    if (match !== null) return stream(Number(match[1]), Number(match[2]))
    return new Response(unary, { headers: { 'content-type': 'application/json' } })
  },
})
console.log(`listening ${server.port}`)
