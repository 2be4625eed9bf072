import { parseDuration } from '../kit/duration.ts'
import { nearestNames } from '../kit/nearest.ts'
import { VendorError } from './vendor-error.ts'

/**
 * What an option of a simulated model may be: `duration` is `2s`, `150ms` or plain milliseconds (an hour at most), `count` a whole
 * number ≥ 0, `share` a number from 0 to 1, `rate` a number > 0, `word` free text of letters, digits, `-`, `_` and `.`.
 */
export type OptionKind = 'duration' | 'count' | 'share' | 'rate' | 'word'

/** The options that a model takes, by name. */
export type OptionKinds = Readonly<Record<string, OptionKind>>

/** The options that a request set. */
export interface ModelOptions {
  /** The value of a numeric option, or undefined when the request did not set it. */
  number(name: string): number | undefined
  /** The text of any option as written, or undefined. */
  word(name: string): string | undefined
}

/** The options that every simulated model takes. */
const COMMON_OPTIONS = {
  /** Time until the first content. */
  ttft: 'duration',
  /** Tokens per second after that. */
  tps: 'rate',
  /** Tokens that come at once. */
  burst: 'count',
  /** Input tokens reported as read from a cache. */
  cached: 'count',
  /** Size of the context window: longer requests are refused as the vendor does. */
  context: 'count',
  /** Tells apart models that are otherwise alike, so that each has counters of its own. */
  id: 'word',
  /** What is charged for an answer that the other side leaves: `bills-whole`; else what was delivered until then. */
  cancelled: 'word',
} as const satisfies OptionKinds

export interface ModelName {
  /** The model without its options: `slow`. */
  readonly base: string
  /** What stands behind the question mark; empty when there is none. */
  readonly query: string
}

/** Takes a model name such as `slow?ttft=2s&tps=20` apart. */
export function splitModelName(name: string): ModelName {
  const mark = name.indexOf('?')
  return mark < 0 ? { base: name, query: '' } : { base: name.slice(0, mark), query: name.slice(mark + 1) }
}

/**
 * Reads the options behind a model name. Throws a `VendorError` of status 400 that names the option and what it should have been.
 *
 * @param name the model name with its query
 * @param kinds the model's own options; the common ones are added
 */
export function parseModelOptions(name: ModelName, kinds: OptionKinds): ModelOptions {
  const known: OptionKinds = { ...COMMON_OPTIONS, ...kinds }
  const texts = new Map<string, string>()
  const numbers = new Map<string, number>()
  for (const [option, text] of new URLSearchParams(name.query)) {
    const kind = Object.hasOwn(known, option) ? known[option] : undefined
    if (kind === undefined) throw unknownOption(name.base, option, Object.keys(known))
    const value = readOption(kind, text)
    if (value === undefined) throw badValue(name.base, { option, text, kind })
    texts.set(option, text)
    if (typeof value === 'number') numbers.set(option, value)
  }
  return { number: (option) => numbers.get(option), word: (option) => texts.get(option) }
}

/** Longer than anybody waits for an answer. */
const MAX_DURATION_MS = 3_600_000
const DECIMAL = /^\d{1,9}(?:\.\d{1,9})?$/
const WORD = /^[\w.-]{1,100}$/

const READERS: Readonly<Record<OptionKind, (text: string) => number | string | undefined>> = {
  duration: (text) => {
    const ms = /^\d{1,9}$/.test(text) ? Number(text) : parseDuration(text)
    return ms === undefined || ms > MAX_DURATION_MS ? undefined : ms
  },
  count: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
  share: (text) => (DECIMAL.test(text) && Number(text) <= 1 ? Number(text) : undefined),
  rate: (text) => (DECIMAL.test(text) && Number(text) > 0 ? Number(text) : undefined),
  word: (text) => (WORD.test(text) ? text : undefined),
}

const EXPECTED: Readonly<Record<OptionKind, string>> = {
  duration: 'a duration such as 2s or 150ms, an hour at most',
  count: 'a whole number',
  share: 'a number from 0 to 1',
  rate: 'a number above 0',
  word: 'a word',
}

function readOption(kind: OptionKind, text: string): number | string | undefined {
  return READERS[kind](text)
}

function unknownOption(base: string, option: string, known: readonly string[]): VendorError {
  const [nearest] = nearestNames(option, known, 1)
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`
  return new VendorError(
    400,
    `The simulated model '${base}' has no option '${option}'; it takes ${known.join(', ')}.${hint}`,
    { param: 'model' },
  )
}

function badValue(
  base: string,
  wrong: { readonly option: string; readonly text: string; readonly kind: OptionKind },
): VendorError {
  return new VendorError(
    400,
    `The option '${wrong.option}' of the simulated model '${base}' must be ${EXPECTED[wrong.kind]}, not '${wrong.text.slice(0, 100)}'.`,
    { param: 'model' },
  )
}
