import { expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import type { ListedEndpoint } from '../../src/dialects/list-endpoints.ts'
import { cpuMsOf } from '../../src/kit/cpu-time.fixture.ts'
import { SSE_FRAMING } from '../../src/kit/framing.ts'
import { parseJsonObject, type JsonObject } from '../../src/kit/json.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import { Complaints, PATIENCE_MS, spread } from './budget.ts'
import { validAnswers, validBodies, validStreams } from './canonical-samples.ts'
import { firstPlaces, withText, type FirstPlace } from './damaged-json.ts'
import { handleRequest, TAKING_BODIES } from './handle-request.ts'
import { stepsOf, type Came, type Step } from './handle-answer.ts'
import { CODECS, named } from './every-codec.ts'

/*
 * 64 KB that are made to be slow: whoever reads them is done within 100 ms of processor time, wherever they stand.
 */

const BYTES = 64 * 1024
const MOST_MS = 100
/** Of all that can be filled at an endpoint, how much is tried in the suite. */
const IN_SUITE = 1

const times = (text: string): string => text.repeat(Math.floor(BYTES / text.length))
const nested = (open: string, close: string): string => {
  const depth = LIMITS.jsonDepth - 20
  return open.repeat(depth) + close.repeat(depth)
}

/** What text is filled with, as JSON. */
const TEXTS: readonly string[] = [
  `"${times('a')}"`,
  `"${times('\\u0000')}"`,
  `"${times('\\"')}"`,
  `"${times(' ')}"`,
  `"${times('\\n')}"`,
  `"${times('<think>')}"`,
  `"${times('{\\"a\\":')}"`,
  `"${times('[')}"`,
  `"${times('1')}"`,
  `"${times('/a:b.c,')}"`,
  `"data:image/png;base64,${times('=')}"`,
  `"gatehouse:${times('[\\"a\\",')}"`,
]

/** What the bodies of errors are made of. */
const ERRORS = [
  '[',
  '{"error":',
  '<title',
  '<title ',
  'data: {',
  'data: {\n',
  'maximum context length is 1 ',
  'try again in 1',
  ' ',
  'https://e.example/',
  'Bearer sk-',
  '1,',
] as const

/** What lists and objects are filled with, as JSON. */
const HOLDERS: readonly string[] = [
  `[${times(`${nested('[', ']')},`).slice(0, -1)}]`,
  `{${Array.from({ length: 5_000 }, (_, index) => `"name-${index}":0`).join(',')}}`,
  `[${times('{},').slice(0, -1)}]`,
  `[${times('"a",').slice(0, -1)}]`,
]

/** A body with one value in it that fills 64 KB: text of some kind, or so many copies of what stood there. */
function fill({ body, at, text }: FirstPlace, turn: number): string | undefined {
  if (text.startsWith('"')) return withText(body, at, TEXTS[turn % TEXTS.length] ?? '')
  if (text.startsWith('{')) return withText(body, at, HOLDERS[turn % HOLDERS.length] ?? '')
  if (!text.startsWith('[') || text.length === 2) return undefined
  return withText(body, at, `[${times(`${text.slice(1, -1)},`).slice(0, -1)}]`)
}

/** Bodies like those that are valid, each value of them filled once. */
function filled(bodies: readonly JsonObject[]): readonly string[] {
  return spread([...firstPlaces(bodies)].map(turned), IN_SUITE)
    .map(([place, turn]) => fill(place, turn))
    .filter((text) => text !== undefined)
}

function turned<T>(value: T, turn: number): readonly [T, number] {
  return [value, turn]
}

/** A frame of a stream that holds JSON. */
interface JsonFrame {
  readonly frames: readonly string[]
  readonly at: number
  readonly json: JsonObject
}

function jsonFrames(streams: readonly string[]): readonly JsonFrame[] {
  return streams.flatMap((stream) => {
    const frames = stream.split(/(?<=\n\n|\r\n\r\n)/)
    return frames.flatMap((frame, at) => {
      const json = parseJsonObject(/\{.*\}/.exec(frame)?.[0] ?? '')
      return json === undefined ? [] : [{ frames, at, json }]
    })
  })
}

/** Streams like those that are valid, each value in their frames filled once, and each frame told as often as fits. */
function filledStreams(streams: readonly string[]): readonly string[] {
  const held = jsonFrames(streams)
  const byBody = new Map(held.map((frame) => [frame.json, frame]))
  const places = [...firstPlaces(held.map(({ json }) => json))]
  const withFrame = (body: JsonObject, change: (frame: string) => string): string => {
    const { frames = [], at = 0 } = byBody.get(body) ?? {}
    return frames.map((frame, index) => (index === at ? change(frame) : frame)).join('')
  }
  const long = spread(places.map(turned), IN_SUITE).map(([place, turn]) => {
    const text = fill(place, turn)
    return text === undefined ? '' : withFrame(place.body, (frame) => frame.replace(/\{.*\}/, () => text))
  })
  const many = spread([...new Set(places.map(({ body }) => body))], IN_SUITE)
  return [...long, ...many.map((body) => withFrame(body, times))].filter((text) => text !== '')
}

/** Complaints about an act that takes too long, twice: what the collector of garbage does now and then is not its fault. */
function tooLong({ name, act }: Pick<Step, 'name' | 'act'>): string | undefined {
  const firstMs = cpuMsOf(act)
  if (firstMs <= MOST_MS) return undefined
  const tookMs = Math.min(firstMs, cpuMsOf(act))
  return tookMs > MOST_MS ? `${name} took ${Math.round(tookMs)} ms` : undefined
}

test.each(TAKING_BODIES.map(named))(
  'a request at %s',
  (_name, at) => {
    const complaints = new Complaints()
    for (const text of filled(validBodies(at)))
      complaints.add(tooLong({ name: 'all', act: () => void handleRequest(at, text) }), text)
    expect(complaints.all).toEqual([])
  },
  PATIENCE_MS,
)

/** Tries each text as an answer. */
function tryAnswers(at: ListedEndpoint, form: Came['form'], texts: readonly string[]): void {
  const complaints = new Complaints()
  for (const text of texts) {
    const bytes = new TextEncoder().encode(text)
    for (const step of stepsOf(at, { bytes, form })) complaints.add(tooLong(step), text)
  }
  expect(complaints.all).toEqual([])
}

test.each(CODECS.map(named))(
  'a whole answer of %s',
  (_name, at) => tryAnswers(at, 'whole', filled(validAnswers(at))),
  PATIENCE_MS,
)

test.each(CODECS.filter((at) => validStreams(at).length > 0).map(named))(
  'a stream of %s',
  (_name, at) => tryAnswers(at, 'stream', filledStreams(validStreams(at))),
  PATIENCE_MS,
)

test('a frame that comes byte by byte', () => {
  const bytes = new TextEncoder().encode(`data: {"a":"${times('a')}"}\n\n`)
  const complaint = tooLong({
    name: 'the framer',
    act() {
      const framer = SSE_FRAMING.open()
      for (let at = 0; at < bytes.length; at += 1) framer.push(bytes.subarray(at, at + 1), () => {})
    },
  })
  expect(complaint).toBeUndefined()
})

test.each(DIALECTS.map((dialect): [string, Dialect] => [dialect.name, dialect]))(
  'an error of %s',
  (_name, dialect) => {
    const complaints = new Complaints()
    for (const fragment of ERRORS) {
      const body = new TextEncoder().encode(times(fragment))
      for (const status of [400, 429, 500]) {
        const act = (): void => void dialect.decodeFailure({ status, headers: new Headers(), body, nowMs: 0 })
        complaints.add(tooLong({ name: `status ${status}`, act }), fragment)
      }
    }
    expect(complaints.all).toEqual([])
  },
)
