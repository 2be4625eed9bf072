import { NO_USAGE, type Usage } from '../../src/exchange/usage.ts'
import {
  openRawUpstream,
  RAW_LAST_CHUNK,
  RAW_STREAM,
  rawHead,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { hear, type Heard } from '../wire/hear.ts'
import type { Counts } from '../wire/wire-format.ts'

/** How the provider counts the input of every request; what it is asked is about as long. */
export const INPUT_TOKENS = 50
/** Output that every request allows. */
export const MOST_OUTPUT = 400
/** What an answer says, one word per token. */
const WORDS = ['So ', 'it ', 'was ', 'told ', 'to ', 'me ', 'once ', 'upon ', 'a ', 'time.']
/** What was thought before, and never shown. */
const THOUGHT = 30
/** Output that is billed with a refusal. */
const REFUSED_OUTPUT = 7
const NO = { status: 500, type: 'api_error', message: 'no' } as const
const SETTLE_MS = 15

/** What a request does to its provider and its client, and what it is billed. */
export interface Ending {
  /** How much the provider says of usage while it writes: nothing, as it goes, or also at the end. */
  readonly tells: 'nothing' | 'as-it-goes' | 'at-the-end'
  /** What comes of it: a whole answer, a cut after some words, an error, or silence until the client is gone. */
  readonly comes: 'all' | 'cut' | 'error' | 'silence'
  /** Does the client leave when it has read something, or at once? */
  readonly leaves?: 'reading' | 'waiting'
  /** Status of an error that comes instead of an answer. */
  readonly status?: number
  /** Does the provider go on to the end of what was allowed, and bill it? */
  readonly goesOn?: true
  /** Lies: replaces the numbers of every report. */
  readonly lies?: Partial<Counts>
  /** True where the provider charges nothing. */
  readonly free?: true
}

export interface HostileProvider {
  readonly url: string
  /** What each attempt is billed, by its id. */
  readonly bill: ReadonlyMap<string, Usage>
  close(): Promise<void>
}

/**
 * Opens a provider that speaks all dialects, ends every answer as the model's name says, and keeps its own bill. Names are keys of
 * `endings`.
 */
export async function openHostileProvider(
  endings: Readonly<Record<string, Ending>>,
): Promise<HostileProvider> {
  const bill = new Map<string, Usage>()
  const upstream: RawUpstream = await openRawUpstream((call) => {
    const heard = hear(call)
    const ending = endings[heard.model]
    if (ending === undefined) throw new Error('nobody has scripted this model')
    if (!isFree(ending, heard)) bill.set(heard.attempt, { ...NO_USAGE, ...billed(ending) })
    if (ending.comes === 'error' && ending.status !== undefined) return refuse(call, heard, ending)
    return heard.mode === 'stream' ? stream(call, heard, ending) : answer(call, heard, ending)
  })
  return { url: upstream.url, bill, close: () => upstream.close() }
}

/** Nobody charges for an error, unless the dialect tells with it what was used, or words came before it. */
function isFree({ free, comes, status }: Ending, { wire, mode }: Heard): boolean {
  if (free === true) return true
  const saysNothing = comes === 'error' && (status !== undefined || mode === 'unary')
  return saysNothing && !wire.errorsTellUsage
}

/** Words that were written, and thoughts that are billed with them. */
function billed({ comes, goesOn, status }: Ending): Pick<Usage, 'inputTokens' | 'outputTokens'> {
  if (goesOn === true) return { inputTokens: INPUT_TOKENS, outputTokens: MOST_OUTPUT }
  const words = comes === 'all' ? WORDS.length : WORDS.length / 2
  const outputTokens = status === undefined ? words + THOUGHT : REFUSED_OUTPUT
  return { inputTokens: INPUT_TOKENS, outputTokens }
}

/** What has been used behind so many words, as the provider tells it. */
function countOf(words: number, { lies }: Ending): Counts {
  return { input: INPUT_TOKENS, output: words + THOUGHT, ...lies }
}

function refuse(call: RawCall, { wire }: Heard, { status = 500, tells }: Ending): void {
  const used = { input: INPUT_TOKENS, output: REFUSED_OUTPUT }
  const body = JSON.stringify(wire.error({ ...NO, status }, tells === 'nothing' ? undefined : used))
  const headers = { 'content-type': 'application/json', 'content-length': body.length }
  call.write(rawHead(`${status} Odd`, headers) + body)
}

/** Frames of a stream up to the ending, each of which says a word and, perhaps, what was used so far. */
function stream(call: RawCall, { wire }: Heard, ending: Ending): void {
  const { comes, tells, leaves } = ending
  if (comes === 'silence') return
  const said = comes === 'all' ? WORDS : WORDS.slice(0, WORDS.length / 2)
  const used = countOf(said.length, ending)
  const frames = wire.stream(said, tells === 'nothing' ? undefined : used)
  const send = (frame: string): void => {
    if (frame !== '') call.chunk(asSaid(frame))
  }
  call.write(RAW_STREAM)
  frames.start.forEach(send)
  for (const [index, word] of frames.words.entries()) {
    send(word)
    if (tells === 'as-it-goes') send(wire.progress?.(countOf(index + 1, ending)) ?? '')
  }
  if (leaves !== undefined) return
  if (comes === 'cut') return breakOff(call)
  if (comes === 'error') send(wire.errorFrame(NO, used))
  else [...frames.finish, frames.end].forEach(send)
  call.write(RAW_LAST_CHUNK)
}

/** Breaks off when what was written has been read: a reset overtakes it otherwise. */
function breakOff(call: RawCall): void {
  void call.wait(SETTLE_MS).then(() => call.reset())
}

/** A whole answer; what it says of usage stands first, so that a cut comes behind it. */
function answer(call: RawCall, { wire }: Heard, ending: Ending): void {
  const { comes, tells, leaves } = ending
  if (comes === 'silence' || leaves !== undefined) return
  const said = comes === 'all' ? WORDS : WORDS.slice(0, WORDS.length / 2)
  const used = tells === 'nothing' ? undefined : countOf(said.length, ending)
  const whole = comes === 'error' ? wire.error(NO, used) : wire.whole(said.join(''), used)
  const body = asSaid(JSON.stringify(whole))
  call.write(rawHead('200 OK', { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }))
  call.chunk(comes === 'cut' ? body.slice(0, -20) : body)
  if (comes === 'cut') return breakOff(call)
  call.write(RAW_LAST_CHUNK)
}

/** Numbers that are texts of the form `#1e999` are written as they are. */
function asSaid(json: string): string {
  return json.replaceAll(/"#([^"]*)"/g, '$1')
}
