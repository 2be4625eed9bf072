/**
 * The upstream of the benchmark: answers from buffers made beforehand, so that what is measured is what stands in front.
 * The model name says what to do: `bench-unary`, or `bench-stream-<chunks>-<gap in ms>`, or `bench-straggle-<per cent>-<chunks>`, whose streams
 * begin late that often, or `bench-embed-<texts>-<floats>`. It is looked for in the beginning of a body; the rest of a large one is poured away.
 */
import { createSeededRandom } from '../src/kit/random.ts'
import { normal } from '../test/balancing/endpoint.ts'
import { embeddingsText } from './embeddings.ts'

const [port = '0'] = process.argv.slice(2)
const encoder = new TextEncoder()
const JSON_TYPE = { 'content-type': 'application/json' }

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

/** Answers with vectors, by their size. */
const vectors = new Map<string, Uint8Array<ArrayBuffer>>()

function embeddings(texts: number, floats: number): Response {
  const name = `${texts}-${floats}`
  const bytes = vectors.get(name) ?? encoder.encode(embeddingsText(texts, floats))
  vectors.set(name, bytes)
  return new Response(bytes, { headers: JSON_TYPE })
}

const random = createSeededRandom(1)
/** A stream of a straggler has a chunk so often, in milliseconds. */
const STRAGGLER_GAP_MS = 10

/** After how long a stream begins: about a third of a second, with the spread of real providers; of so many in a hundred 1 to 9 s later. */
function firstTokenMs(percent: number): number {
  const usual = 350 * Math.exp(0.4 * normal(random))
  return random.next() * 100 < percent ? usual + 1_000 + 8_000 * random.next() : usual
}

const MODEL = /bench-(stream|embed|straggle)-(\d+)-(\d+)/
const LARGE_BYTES = 1024 * 1024

/** The body, or of a large one its beginning, where the model's name is. */
async function beginningOf(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length') ?? Infinity) <= LARGE_BYTES) return request.text()
  const reader = request.body?.getReader()
  const first = await reader?.read()
  while ((await reader?.read())?.done === false);
  return Buffer.from(first?.value ?? []).toString()
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  idleTimeout: 0,
  async fetch(request) {
    const match = MODEL.exec(await beginningOf(request))
    if (match === null) return new Response(unary, { headers: JSON_TYPE })
    const [, kind, one, other] = match
    if (kind === 'straggle') {
      await Bun.sleep(firstTokenMs(Number(one)))
      return stream(Number(other), STRAGGLER_GAP_MS)
    }
    return kind === 'embed' ? embeddings(Number(one), Number(other)) : stream(Number(one), Number(other))
  },
})
console.log(`listening ${server.port}`)
