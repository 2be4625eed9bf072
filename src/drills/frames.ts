import type { ResponseEncoder } from '../dialects/dialect.ts'
import { isSemantic } from '../exchange/event.ts'
import type { SpokenEvent } from './answer-events.ts'
import type { Pace } from './simulated-model.ts'

/** A piece of a body as the vendor would send it whole. */
export interface Frame {
  readonly text: string
  /** Output tokens that it brings. */
  readonly tokens: number
  /** Does it carry meaning, so that faults count it? */
  readonly semantic: boolean
  /** Is it the mark that the answer is complete? */
  readonly terminal: boolean
  /** Not before, milliseconds from the start. */
  readonly dueMs: number
}

const MS_PER_SECOND = 1_000
const MS_PER_DAY = 86_400_000
/** Parts of a unary body, so that it has a middle to fail in. */
const UNARY_PARTS = 8

/** Writes events as the frames of a stream, each with the time at which the model has said it. */
export function* toStreamFrames(
  spoken: readonly SpokenEvent[],
  encoder: ResponseEncoder<'chat'>,
  pace: Pace,
): Generator<Frame> {
  let tokens = 0
  for (const said of spoken) {
    const dueMs = isSemantic(said.event) ? dueAt(tokens, pace) : 0
    tokens += said.tokens
    const text = encoder.event(said.event)
    if (text === '') continue
    if (said.event.type !== 'end') {
      yield { text, tokens: said.tokens, semantic: isSemantic(said.event), terminal: false, dueMs }
      continue
    }
    const cut = text.lastIndexOf('\n\n', text.length - 3) + 1
    const from = cut === 0 ? 0 : cut + 1
    if (from > 0) yield { text: text.slice(0, from), tokens: 0, semantic: true, terminal: false, dueMs }
    yield { text: text.slice(from), tokens: 0, semantic: false, terminal: true, dueMs }
  }
}

/** Cuts a unary body into parts; all of them are due when the model has said everything. */
export function* toUnaryFrames(body: string, tokens: number, pace: Pace): Generator<Frame> {
  const size = Math.max(1, Math.ceil(body.length / UNARY_PARTS))
  const dueMs = dueAt(tokens, pace)
  for (let from = 0; from < body.length; from += size) {
    const terminal = from + size >= body.length
    const text = body.slice(from, from + size)
    yield { text, tokens: from === 0 ? tokens : 0, semantic: !terminal, terminal, dueMs }
  }
}

/** When a model of this pace has said so many tokens, milliseconds; a day at most, which timers can still hold. */
export function dueAt(tokens: number, { firstMs, perSecond, burst = 1 }: Pace): number {
  const sayingMs =
    perSecond === undefined ? 0 : ((tokens - (tokens % Math.max(1, burst))) * MS_PER_SECOND) / perSecond
  return Math.min(firstMs + sayingMs, MS_PER_DAY)
}
