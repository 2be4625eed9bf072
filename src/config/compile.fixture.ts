import { NO_LETTERS } from '../guardrails/hooks/letter.ts'
import { keepLookers } from '../guardrails/kept-lookers.ts'
import { DIALECTS } from '../dialects/all.ts'
import type { Dialect } from '../dialects/dialect.ts'
import type { Capabilities, Price } from '../exchange/target.ts'
import { hmacSha256Hex } from '../kit/hash.ts'
import { parseKey } from '../exchange/virtual-key.ts'
import { PROVIDERS } from '../providers/all.ts'
import { createWordDialect } from '../providers/word-dialect.fixture.ts'
import type { AlertWords } from './alert-words.ts'
import type { CompiledConfig } from './compile.ts'
import type { FoundProvider } from './compile-providers.ts'
import type { Environment } from './interpolate.ts'
import { renderProblem } from './problems.ts'
import { readPlan } from './read-plan.ts'

/** The names and quirks of all dialects, over a wire of one word. */
const SPOKEN: ReadonlyMap<string, Dialect> = new Map(
  DIALECTS.map(({ name, quirks }) => [
    name,
    { ...createWordDialect({ name, places: { chat: '/chat' } }), quirks },
  ]),
)

/** A catalogue that knows one company's prices. */
const priceOf = ({ name }: { readonly name: string }, model: string): Price | undefined =>
  name === 'openai'
    ? { id: `catalogue:${model}`, input: 2_000_000n, output: 8_000_000n, simulated: false }
    : undefined

/** A list that knows one model. */
const listedFacts = (_provider: unknown, model: string): Capabilities =>
  model === 'listed' ? { contextTokens: 200_000, maxOutputTokens: 64_000, vision: true } : {}

/** A few measures, and a language in which every query is one of a route. */
const ALERT_WORDS: AlertWords = {
  measures: new Map([
    ['error_rate', { unit: 'share', ofAttempts: false }],
    ['cost', { unit: 'usd', ofAttempts: true }],
    ['requests', { unit: 'count', ofAttempts: false }],
    ['ttft_p95', { unit: 'ms', ofAttempts: false }],
    ['fallback_rate', { unit: 'share', ofAttempts: true }],
    ['unpriced', { unit: 'count', ofAttempts: true }],
  ]),
  judgeQuery: ({ when, by }) =>
    when.startsWith('rout:')
      ? { problem: 'There is no field "rout".', hint: 'Did you mean route?' }
      : { scans: when !== '' && by !== undefined },
}

const NOW_MS = Date.UTC(2026, 10, 1)

export const SIMULATOR: FoundProvider = { name: 'sim', from: 'built in', settings: { port: '4102' } }

export interface Surroundings {
  readonly environment?: Environment
  readonly found?: readonly FoundProvider[]
  readonly files?: Readonly<Record<string, string>>
  readonly strict?: boolean
}

/** Loads and compiles a text the way boot does, with a small catalogue and a fixed pepper. */
export function compileText(text: string, around: Surroundings = {}): CompiledConfig {
  const { environment = {}, found = [SIMULATOR], files = {}, strict = false } = around
  return readPlan(
    { text, environment, readText: (path) => files[path], strict },
    {
      definitions: PROVIDERS,
      dialects: SPOKEN,
      environment,
      found,
      priceOf,
      listedFacts,
      alertWords: ALERT_WORDS,
      nowMs: () => NOW_MS,
      reuse: keepLookers(),
      letters: NO_LETTERS,
      knownModels: () => ['claude-one', 'claude-two', 'other'],
      hashKey: (key) => {
        const parsed = parseKey(key.reveal())
        return parsed === undefined
          ? undefined
          : { id: parsed.id, secretHmac: hmacSha256Hex('pepper', parsed.secret) }
      },
      sequence: 1,
    },
  )
}

/** The problems of a text as `gatehouse check` prints them. */
export function problemsOf(text: string, around: Surroundings = {}): string {
  const { problems } = compileText(text, around)
  return problems.map((problem) => renderProblem(problem, { file: 'gatehouse.yaml', text })).join('\n')
}
