import { isLastWord, isSemantic, type ResponseEvent } from '../../exchange/event.ts'
import { SIDES, type Side } from '../../exchange/units.ts'
import { totalInput, totalOutput, withAnomaly, type Usage } from '../../exchange/usage.ts'
import type { Mutable } from '../../kit/mutable.ts'

/** Characters of delivered text per token, as for input. */
const CHARACTERS_PER_TOKEN = 3.6
/** Between two pieces of an answer: a longer silence means that the provider wrote what it does not show. */
const PAUSE_MS = 1_000

/** What metering remembers of a response while it passes. */
export interface Observation {
  /** The last usage that the provider reported, as it was told. */
  told?: Usage
  /** The same with what was told before it: the least that will be on the bill. */
  usage?: Usage
  /** True when it covers all of the answer. */
  isFinal: boolean
  /** Tokens that had been delivered before it was reported. */
  deliveredBefore: number
  /** True once a response had begun: the provider has read the request. */
  isAnswered: boolean
  isFinished: boolean
  isSemantic: boolean
  /** Characters of text, reasoning and arguments delivered. */
  characters: number
  /** Frames delivered unread, about one token in each, and their bytes. */
  frames: number
  bytes: number
  /** Time in which the provider was at work and nothing was delivered, milliseconds. */
  silentMs: number
}

/** Creates the observation of a response that has not begun. */
export function createObservation(): Observation {
  return {
    isFinal: false,
    deliveredBefore: 0,
    isAnswered: false,
    isFinished: false,
    isSemantic: false,
    characters: 0,
    frames: 0,
    bytes: 0,
    silentMs: 0,
  }
}

/** The output tokens that were delivered, counted by what was seen of them. */
export function deliveredTokens({ characters, frames }: Observation): number {
  return Math.ceil(characters / CHARACTERS_PER_TOKEN) + frames
}

/** The most tokens that can be in what was delivered: one in every byte, of which a character may be several. */
export function deliveredBytes({ characters, bytes }: Observation): number {
  return characters * 3 + bytes
}

/** Takes note of a time in which nothing was delivered, milliseconds. */
export function observeSilence(observation: Observation, forMs: number): void {
  if (forMs >= PAUSE_MS) observation.silentMs += forMs
}

/** Takes note of a report. What was told stands: output never shrinks, input does not vanish. */
export function observeUsage(observation: Observation, usage: Usage, isFinal: boolean): void {
  const { usage: known } = observation
  observation.told = usage
  observation.usage = known === undefined ? usage : notLess(usage, known)
  observation.isFinal = isFinal
  observation.deliveredBefore = deliveredTokens(observation)
}

function notLess(usage: Usage, known: Usage): Usage {
  let later = usage
  if (totalOutput(later) < totalOutput(known)) {
    later = withAnomaly(withSide(later, known, 'output'), 'report-shrank')
  }
  if (totalInput(later) === 0 && totalInput(known) > 0) {
    later = withAnomaly(withSide(later, known, 'input'), 'report-shrank')
  }
  return later
}

/** The usage with one side of another. */
function withSide(usage: Usage, other: Usage, side: Side): Usage {
  const merged: Mutable<Usage> = { ...usage }
  for (const unit of SIDES[side]) merged[unit] = other[unit]
  return merged
}

/** Takes note of the events of one chunk. */
export function observe(observation: Observation, events: readonly ResponseEvent[]): void {
  for (const event of events) {
    if (!observation.isSemantic && isSemantic(event)) observation.isSemantic = true
    if (event.type === 'passed') {
      observation.frames += event.frames
      observation.bytes += event.bytes
    } else if (event.type === 'usage') {
      observeUsage(observation, event.usage, event.isFinal === true || observation.isFinished)
    } else {
      if ('text' in event) observation.characters += event.text.length
      if (isLastWord(event)) observation.isFinished = true
    }
  }
}
