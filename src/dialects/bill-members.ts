import type { Bearing } from '../exchange/bearing.ts'
import type { ChatRequest, Tool } from '../exchange/chat.ts'
import { estimateTextTokens, TOKENS_BY_REFERENCE } from '../exchange/estimate.ts'
import type { Mutable } from '../kit/mutable.ts'
import { asksForTier } from './served-tiers.ts'
import { isArray, isObject, toFiniteNumber, type Json, type JsonObject } from '../kit/json.ts'

/*
 * Members that bear on the bill and have no place in the canonical model. They travel to servers of the client's own family,
 * and which of them a server obeys is not known, so each is read as the most generous one reads it: under any of its
 * spellings, at any depth, as a number or as its digits.
 */

/** What a member does to the bill. */
type Meaning =
  /** The longest answer. */
  | 'limit'
  /** An answer that must not be shorter. */
  | 'least'
  /** Reasoning, which some servers do not count as part of the answer. */
  | 'reasoning'
  /** Answers written in parallel. */
  | 'choices'
  /** Text that is charged as output where the answer differs from it. */
  | 'prediction'
  /** Searches and other tools that the provider runs. */
  | 'tool-runs'
  /** The conversation is summed up on the way, by a call that is charged beside the answer. */
  | 'compaction'
  /** Input that lies with the provider. */
  | 'reference'
  | 'audio'
  | 'service-tier'
  /** Another model, or the same one elsewhere. */
  | 'other-model'
  /** Nothing, whatever stands in it. */
  | 'none'

const SPELLINGS: readonly (readonly [Meaning, string])[] = [
  [
    'limit',
    'max_tokens max_completion_tokens max_output_tokens max_new_tokens max_gen_len max_gen_toks max_generated_tokens max_tokens_to_sample max_tokens_to_generate max_length max_completion_length num_predict n_predict num_tokens_to_predict',
  ],
  ['least', 'min_tokens min_new_tokens min_length min_completion_tokens min_output_tokens'],
  [
    'reasoning',
    'budget_tokens thinking_budget thinking_tokens token_budget reasoning_budget reasoning_tokens max_thinking_tokens max_reasoning_tokens reasoning_max_tokens',
  ],
  [
    'choices',
    'n best_of num_return_sequences num_generations num_completions num_responses candidate_count num_beams beam_width',
  ],
  ['prediction', 'prediction'],
  [
    'tool-runs',
    'web_search enable_search enable_web_search use_search search_parameters search_settings web_search_options max_search_results',
  ],
  ['compaction', 'compaction'],
  ['reference', 'previous_response_id conversation thread cached_content prompt data_sources'],
  ['audio', 'audio modalities response_modalities'],
  ['service-tier', 'speed inference_geo service_tier'],
  [
    'other-model',
    'models fallbacks fallback_models fallback_providers context_window_fallbacks content_policy_fallbacks model_list route router router_settings_override plugins provider providers provider_options custom_llm_provider user_config preset deployment deployment_id specific_deployment engine api_base base_url lora lora_adapter adapter_id',
  ],
  ['none', 'moderation metadata logit_bias'],
]

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  SPELLINGS.flatMap(([meaning, names]) => names.split(' ').map((name) => [plainly(name), meaning] as const)),
)

/** Objects in which a limit of tokens is one of reasoning. */
const REASONING_PLACES: ReadonlySet<string> = new Set(['reasoning', 'thinking', 'thinkingconfig'])

/** How often a provider runs its tools where the request sets no bound: the loop of the best-known one ends there. */
const TOOL_RUNS = 10
/** Tokens of a summary, where a conversation is summed up on the way. */
const COMPACTION_TOKENS = 8_192
/** Deeper members are nobody's parameters. */
const DEPTH = 6

/** A limit of the answer's length under one of its names; `Infinity`: no end. */
export interface NamedLimit {
  readonly path: string
  readonly tokens: number
}

/** What the members of a body say about the bill. */
export interface BillMembers {
  readonly bearing?: Bearing
  /** The limits among them, which must not disagree with the ones that are understood. */
  readonly limits: readonly NamedLimit[]
}

const NOTHING: BillMembers = { limits: [] }

/**
 * Reads what bears on the bill from the members of a body that are not understood, from the tools that the provider runs and from
 * the tier of service.
 *
 * @param runsAtClient says of a tool with a type of its own that the client runs it all the same
 */
export function readBillMembers(
  unknown: JsonObject | undefined,
  { tools, serviceTier }: Pick<ChatRequest, 'tools' | 'serviceTier'>,
  runsAtClient: (name: string) => boolean = atProvider,
): BillMembers {
  if (unknown === undefined && tools === undefined && serviceTier === undefined) return NOTHING
  const reading = new Reading()
  reading.serviceTier(serviceTier)
  if (unknown !== undefined) reading.members(unknown, BODY)
  for (const tool of tools ?? NO_TOOLS) {
    if (tool.type === 'hosted' && !runsAtClient(tool.name)) reading.tool(tool.raw)
  }
  return reading.isEmpty ? NOTHING : { bearing: reading.bearing, limits: reading.limits }
}

const NO_TOOLS: readonly Tool[] = []
const atProvider = (): boolean => false

/** The first two limits that disagree; undefined when all say the same. */
export function disagreeing(limits: readonly NamedLimit[]): readonly [string, string] | undefined {
  const [first] = limits
  const other = limits.find(({ tokens }) => tokens !== first?.tokens)
  return first === undefined || other === undefined ? undefined : [first.path, other.path]
}

/** Where members stand. */
interface Place {
  /** Of the object that holds them; empty for the body itself. */
  readonly path: string
  readonly depth: number
  readonly isReasoning: boolean
}

const BODY: Place = { path: '', depth: DEPTH, isReasoning: false }

/** One walk through a body. */
class Reading {
  readonly limits: NamedLimit[] = []
  readonly bearing: Mutable<Bearing> = {}
  isEmpty = true

  members(object: JsonObject, place: Place): void {
    for (const key in object) {
      const value = object[key]
      if (value !== undefined && value !== null && value !== false) this.#member(key, value, place)
    }
  }

  tool(raw: JsonObject): void {
    this.#add('toolRuns', countOf(raw['max_uses']) ?? TOOL_RUNS)
    // An adviser is a model of its own.
    if (typeof raw['model'] === 'string') this.#otherModel('tools')
  }

  #member(key: string, value: Json, { path: above, depth, isReasoning }: Place): void {
    const name = plainly(key)
    const path = above === '' ? key : `${above}.${key}`
    const meaning = meaningOf(name, value)
    if (meaning === 'none') return
    const isThought = meaning === 'limit' && isReasoning
    if (meaning !== undefined) this.#take(isThought ? 'reasoning' : meaning, value, path)
    if (meaning === 'other-model' || depth === 0) return
    const below: Place = { path, depth: depth - 1, isReasoning: isReasoning || REASONING_PLACES.has(name) }
    for (const inner of isArray(value) ? value : [value]) {
      if (isObject(inner)) this.members(inner, below)
    }
  }

  #take(meaning: Meaning, value: Json, path: string): void {
    switch (meaning) {
      case 'limit':
        return this.#limit(path, value)
      case 'least':
        return this.#most('outputTokens', countOf(value))
      case 'reasoning':
        return this.#add('besideTokens', countOf(value))
      case 'choices':
        return this.#most('choices', countOf(value))
      case 'prediction':
        return this.#add('besideTokens', estimateTextTokens(JSON.stringify(value)))
      case 'tool-runs':
        return this.#add('toolRuns', countOf(value) ?? TOOL_RUNS)
      case 'compaction':
        this.#add('toolRuns', 1)
        return this.#add('besideTokens', COMPACTION_TOKENS)
      case 'reference':
        return this.#add('inputTokens', refersToInput(value) ? TOKENS_BY_REFERENCE : undefined)
      case 'audio':
        // A list is of what the answer is to be; an object only says how it would be spoken.
        if (isArray(value)) this.#set('speech', saysAudio(value) ? true : undefined)
        return this.#set('audio', saysAudio(value) ? true : undefined)
      case 'service-tier':
        return this.serviceTier(value)
      case 'other-model':
        return this.#otherModel(path)
      case 'none':
    }
  }

  #limit(path: string, value: Json): void {
    const number = numberOf(value)
    if (number === undefined) return
    this.limits.push({ path, tokens: number < 0 ? Infinity : number })
    if (number < 0) this.#set('endless', true)
    else this.#most('outputTokens', countOf(value))
  }

  serviceTier(value: Json | undefined): void {
    if (typeof value === 'string' && asksForTier(value))
      this.#set('serviceTiers', [...(this.bearing.serviceTiers ?? []), value])
  }

  #otherModel(path: string): void {
    this.#set('otherModels', [...(this.bearing.otherModels ?? []), path])
  }

  #set<Key extends keyof Bearing>(key: Key, value: Bearing[Key]): void {
    if (value === undefined) return
    this.isEmpty = false
    this.bearing[key] = value
  }

  #add(key: 'besideTokens' | 'inputTokens' | 'toolRuns', amount: number | undefined): void {
    if (amount !== undefined) this.#set(key, (this.bearing[key] ?? 0) + amount)
  }

  #most(key: 'outputTokens' | 'choices', amount: number | undefined): void {
    if (amount !== undefined) this.#set(key, Math.max(this.bearing[key] ?? 0, amount))
  }
}

/** One spelling of `max_new_tokens`, `maxNewTokens` and `max-new-tokens`. */
function plainly(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase()
}

/** The model of the body is understood; one inside a member is another, and one in other letters may take its place. */
function meaningOf(name: string, value: Json): Meaning | undefined {
  if (name === 'model' && typeof value === 'string') return 'other-model'
  if (name === 'type' && typeof value === 'string' && value.startsWith('compact')) return 'compaction'
  const meaning = MEANINGS.get(name)
  return meaning === 'other-model' && saysNothing(value) ? undefined : meaning
}

function saysNothing(value: Json): boolean {
  if (isArray(value)) return value.length === 0
  return value === '' || (isObject(value) && Object.keys(value).length === 0)
}

/** A number, also one in digits, as servers that are not strict take it. */
function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : toFiniteNumber(value)
  return number === undefined || Number.isNaN(number) ? undefined : number
}

function countOf(value: Json | undefined): number | undefined {
  const number = numberOf(value)
  return number === undefined || number < 0 ? undefined : Math.min(Math.ceil(number), Number.MAX_SAFE_INTEGER)
}

/** A name of something stored, or an object that holds one; a thread that only begins holds nothing yet. */
function refersToInput(value: Json): boolean {
  return isObject(value) ? value['type'] !== 'create' : typeof value === 'string' && !/\s/.test(value)
}

function saysAudio(value: Json): boolean {
  return (
    isObject(value) || (isArray(value) && value.some((one) => typeof one === 'string' && /audio/i.test(one)))
  )
}
