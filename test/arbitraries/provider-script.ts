import fc from 'fast-check'
import { PIECES, WORDS, type Piece } from './provider-words.ts'
import type { ClientDialect } from '../modes.ts'
import { rawHead, RAW_LAST_CHUNK, RAW_STREAM, type RawCall } from '../../src/kit/raw-upstream.fixture.ts'

/** What a provider says that may say anything: a head, pieces of a body, and how its connection goes on. */
export interface ProviderScript {
  readonly head: (typeof HEADS)[number]
  readonly pieces: readonly Piece[]
  readonly lineEnd: '\n' | '\r\n' | '\r'
  /** Bytes are written in parts of so many; 0: as they are. */
  readonly cutAt: number
  readonly ending: (typeof ENDINGS)[number]
}

/** Heads of answers, honest and not. */
const HEADS = [
  'stream',
  'stream',
  'stream',
  'stream until close',
  'HTTP/1.0',
  'json in chunks',
  'json',
  'json, length too short',
  'json, length too long',
  'events called json',
  'json called events',
  'events called text',
  'no type',
  'called html',
  'called gzip',
  'early hints first',
  'continue first',
  '204',
  '304',
  'moved',
  '500',
  '429',
] as const

const ENDINGS = [
  'last chunk',
  'last chunk',
  'close',
  'reset',
  'reset at once',
  'hang',
  'another answer',
  'garbage',
] as const

const GOOD: readonly Piece[] = ['begin', 'text', 'wide text', 'finish', 'usage', 'done']

/** Any sequence of pieces, or a good answer with something out of place. */
const pieces = fc.oneof(
  fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }),
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(GOOD.length), fc.constantFrom(...PIECES)), { maxLength: 3 }),
      fc.option(fc.nat(GOOD.length - 1)),
    )
    .map(([inserted, left]) => {
      const list: Piece[] = GOOD.filter((_, index) => index !== left)
      for (const [at, piece] of inserted) list.splice(at, 0, piece)
      return list
    }),
  fc.constant<Piece[]>(['whole']),
)

/** Scripts of providers. */
export const providerScripts: fc.Arbitrary<ProviderScript> = fc.record({
  head: fc.constantFrom(...HEADS),
  pieces,
  lineEnd: fc.constantFrom('\n', '\n', '\r\n', '\r'),
  cutAt: fc.constantFrom(0, 0, 1, 3, 7),
  ending: fc.constantFrom(...ENDINGS),
})

const EVENTS = { 'content-type': 'text/event-stream' }
const JSON_TYPE = { 'content-type': 'application/json' }
const CHUNKED = { 'transfer-encoding': 'chunked' }

const ODD: ReadonlySet<string> = new Set([
  'error',
  'half a frame',
  'no json',
  'zeros',
  'mark',
  'whole',
  'half of a whole',
])
const SPOKEN: Readonly<Record<string, string>> = { text: 'word ', 'wide text': 'ä€🚪 ' }

/** The text that a script says before its end, and what of it stands before anything that may pass for the end; undefined: hard to say. */
export function textOf(
  { pieces }: ProviderScript,
  spoken: ClientDialect,
): { readonly all: string; readonly least: string } | undefined {
  if (pieces.some((piece) => ODD.has(piece))) return undefined
  const textIn = (list: ProviderScript['pieces']): string => list.map((piece) => SPOKEN[piece] ?? '').join('')
  const before = (
    list: ProviderScript['pieces'],
    ends: ProviderScript['pieces'],
  ): ProviderScript['pieces'] => {
    const end = list.findIndex((piece) => ends.includes(piece))
    return end < 0 ? list : list.slice(0, end)
  }
  const all = WORDS[spoken].done === '' ? pieces : before(pieces, ['done'])
  return { all: textIn(all), least: textIn(before(all, ['finish', 'usage'])) }
}

/** How a provider plays a script. */
export interface Stage {
  readonly spoken: ClientDialect
  /** Where a redirect points to. */
  readonly elsewhere: string
  /** Lets the time of the gateway pass. */
  pass(call: RawCall, ms: number): Promise<void>
}

/** Answers a call as the script says. */
export async function play(call: RawCall, script: ProviderScript, stage: Stage): Promise<void> {
  const words = WORDS[stage.spoken]
  const bodyOf = script.pieces
    .map((piece) => (piece === 'pause' || piece === 'long pause' ? '' : words[piece]))
    .join('')
  const { text, isChunked } = headOf(script.head, Buffer.byteLength(bodyOf), stage.elsewhere)
  call.write(text)
  for (const piece of script.pieces) {
    if (piece === 'pause') await call.wait(2)
    else if (piece === 'long pause') await stage.pass(call, 3_000)
    else await say(call, words[piece].replaceAll('\n', script.lineEnd), { isChunked, cutAt: script.cutAt })
  }
  await end(call, script.ending, isChunked)
}

async function say(
  call: RawCall,
  text: string,
  { isChunked, cutAt }: { isChunked: boolean; cutAt: number },
): Promise<void> {
  const bytes = Buffer.from(text)
  const size = cutAt === 0 ? bytes.length : cutAt
  for (let at = 0; at < bytes.length; at += size) {
    const part = bytes.subarray(at, at + size)
    call.write(
      isChunked
        ? Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')])
        : part,
    )
    if (at % (size * 16) === 0) await call.wait(0)
  }
}

function headOf(
  head: ProviderScript['head'],
  length: number,
  elsewhere: string,
): { text: string; isChunked: boolean } {
  const chunked = (status: string, headers: object): { text: string; isChunked: boolean } => ({
    text: rawHead(status, { ...headers, ...CHUNKED }),
    isChunked: true,
  })
  const plain = (text: string): { text: string; isChunked: boolean } => ({ text, isChunked: false })
  switch (head) {
    case 'stream':
    case 'json called events':
      return { text: RAW_STREAM, isChunked: true }
    case 'stream until close':
      return plain(rawHead('200 OK', { ...EVENTS, connection: 'close' }))
    case 'HTTP/1.0':
      return plain(rawHead('200 OK', EVENTS).replace('HTTP/1.1', 'HTTP/1.0'))
    case 'json in chunks':
    case 'events called json':
      return chunked('200 OK', JSON_TYPE)
    case 'json':
      return plain(rawHead('200 OK', { ...JSON_TYPE, 'content-length': length }))
    case 'json, length too short':
      return plain(rawHead('200 OK', { ...JSON_TYPE, 'content-length': Math.max(0, length - 7) }))
    case 'json, length too long':
      return plain(rawHead('200 OK', { ...JSON_TYPE, 'content-length': length + 7 }))
    case 'events called text':
      return chunked('200 OK', { 'content-type': 'text/plain' })
    case 'no type':
      return chunked('200 OK', {})
    case 'called html':
      return chunked('200 OK', { 'content-type': 'text/html' })
    case 'called gzip':
      return chunked('200 OK', { ...EVENTS, 'content-encoding': 'gzip' })
    case 'early hints first':
      return { text: rawHead('103 Early Hints', { link: '</x>' }) + RAW_STREAM, isChunked: true }
    case 'continue first':
      return { text: rawHead('100 Continue') + RAW_STREAM, isChunked: true }
    case '204':
      return plain(rawHead('204 No Content'))
    case '304':
      return plain(rawHead('304 Not Modified'))
    case 'moved':
      return chunked('307 Temporary Redirect', { location: `${elsewhere}/v1/chat/completions` })
    case '500':
      return chunked('500 Internal Server Error', JSON_TYPE)
    case '429':
      return chunked('429 Too Many Requests', JSON_TYPE)
  }
}

async function end(call: RawCall, ending: ProviderScript['ending'], isChunked: boolean): Promise<void> {
  const last = isChunked ? RAW_LAST_CHUNK : ''
  switch (ending) {
    case 'last chunk':
      call.write(last)
      if (!isChunked) call.end()
      return
    case 'close':
      return call.end()
    case 'reset':
      await call.wait(3)
      return call.reset()
    case 'reset at once':
      return call.reset()
    case 'hang':
      return
    case 'another answer':
      call.write(`${last}${rawHead('200 OK', { ...JSON_TYPE, 'content-length': 2 })}{}`)
      return
    case 'garbage':
      call.write(`${last}\0garbage\r\n\r\n`)
  }
}
