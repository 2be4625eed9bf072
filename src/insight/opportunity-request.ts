import { ownerIn } from '../caching/cache-key.ts'
import { isOfOnePerson, neverFuzzyText, type NeverFuzzy } from '../caching/semantic/fuzzy-question.ts'
import type { CacheScope } from '../exchange/cache.ts'
import { readDecision } from '../exchange/decision-record.ts'
import { findingsOf } from '../exchange/guard.ts'
import { canonicalJson } from '../kit/canonical-json.ts'
import { sha256Hex } from '../kit/hash.ts'
import {
  parseJsonObject,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../kit/json.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { RequestRow, SaidRow } from '../store/store.ts'

/** Why an answer would not be given again, whatever was asked. */
export type Unfit = 'failed' | 'cut-off' | 'hosted-tools' | 'kept-already' | 'incomplete'

/** What of a request need not be the same for its answer to be the same. */
export interface FuzzyPart {
  /** The same for requests that are the same in all but the last text of the user. */
  readonly partition: string
  /** What the user has said last. */
  readonly text: string
}

/** A request as it is compared. */
export interface SeenRequest {
  readonly route: string
  readonly atMs: number
  /** The same for the same question of the same owner. */
  readonly key: string
  /** Or why a similar question has another answer; absent where its answer is given to nobody anyway. */
  readonly fuzzy: FuzzyPart | { readonly never: NeverFuzzy } | undefined
  readonly isSteady: boolean
  readonly isRedacted: boolean
  readonly unfit: Unfit | undefined
  readonly costNanoUsd: NanoUsd
  readonly isSimulated: boolean
  readonly tokens: number
}

/** What says how an answer is delivered, or to whom, and nothing of what is asked; as content names it. */
const DELIVERY = new Set([
  'model',
  'stream',
  'user',
  'metadata',
  'cache_key',
  'cache',
  'service_tier',
  'stream_options',
])
/** Finish reasons of answers that say all that was to be said. */
const GOOD_ENDS = new Set(['stop', 'stop-sequence', 'tool-calls'])
/** Blocks by which a turn has to do with tools. */
const OF_TOOLS = new Set(['tool-call', 'tool-result', 'native'])

/**
 * Reads a request out of what is kept of it; undefined for what the house asked of its own accord, and for what cannot be read. Pure;
 * O(length).
 *
 * @param scope who would share answers
 */
export function readSeenRequest({ row, text }: SaidRow, scope: CacheScope): SeenRequest | undefined {
  if (row.purpose !== undefined || row.route === undefined) return undefined
  const content = parseJsonObject(text)
  if (content === undefined) return undefined
  const request = readObject(content, 'request') ?? {}
  const asked = Object.fromEntries(Object.entries(request).filter(([name]) => !DELIVERY.has(name)))
  const unfit = unfitness(row, request, content)
  return {
    route: row.route,
    atMs: row.atMs,
    key: keyOf(row, asked, scope),
    fuzzy: unfit === undefined ? fuzzyPart(row, asked, scope) : undefined,
    isSteady: isSteady(row, request),
    isRedacted: readString(content, 'keep') === 'redacted',
    unfit,
    costNanoUsd: row.costNanoUsd ?? 0n,
    isSimulated: row.simulated,
    tokens: row.inputTokens + row.outputTokens,
  }
}

function keyOf({ route = '', operation, owners }: RequestRow, asked: JsonObject, scope: CacheScope): string {
  return sha256Hex([ownerIn({ owners }, scope), route, operation, canonicalJson(asked)].join('\n'))
}

/** As `fuzzyQuestion` says it of requests that are under way. */
function fuzzyPart(
  row: RequestRow,
  asked: JsonObject,
  scope: CacheScope,
): FuzzyPart | { readonly never: NeverFuzzy } {
  if (isFlagged(row)) return { never: 'flagged' }
  if (row.operation !== 'chat') return { never: 'operation' }
  const turns = readObjects(asked, 'turns')
  if (readObjects(asked, 'tools').length > 0 || turns.some(usesTools)) return { never: 'tools' }
  const last = turns.at(-1)
  const blocks = last === undefined ? [] : readObjects(last, 'blocks')
  if (last === undefined || last['role'] !== 'user' || !blocks.every(isPlainText)) return { never: 'turn' }
  const text = blocks.map((block) => readString(block, 'text') ?? '').join('\n')
  const never = neverFuzzyText(text, isOfOnePerson(ownerIn(row, scope)))
  if (never !== undefined) return { never }
  const bare = { ...last, blocks: blocks.map((block) => ({ ...block, text: '' })) }
  return { partition: keyOf(row, { ...asked, turns: [...turns.slice(0, -1), bare] }, scope), text }
}

/** Has a guardrail that means it found something in what was asked? */
function isFlagged({ decision }: RequestRow): boolean {
  // Few have met one, and reading a decision takes as long as reading a question.
  if (decision?.includes('"guard"') !== true) return false
  return findingsOf(stepsOf(readDecision(decision))).some(
    ({ phase, shadow, found }) => phase === 'input' && shadow !== true && found !== undefined,
  )
}

function stepsOf(decision: JsonObject | undefined): readonly (JsonObject & { readonly step: string })[] {
  return readObjects(decision ?? {}, 'steps').map((one) => ({ ...one, step: readString(one, 'step') ?? '' }))
}

function usesTools(turn: JsonObject): boolean {
  return readObjects(turn, 'blocks').some((block) => OF_TOOLS.has(readString(block, 'type') ?? ''))
}

function isPlainText(block: JsonObject): boolean {
  return block['type'] === 'text' && block['citations'] === undefined
}

/** As the operation says it of requests that are under way: of what is kept there is only the JSON. */
function isSteady({ operation }: RequestRow, request: JsonObject): boolean {
  return operation !== 'chat' || readNumber(request, 'temperature') === 0 || request['seed'] !== undefined
}

function unfitness(
  { outcome, attemptCount }: RequestRow,
  request: JsonObject,
  content: JsonObject,
): Unfit | undefined {
  if (outcome !== 'ok') return 'failed'
  if (attemptCount === 0) return 'kept-already'
  if (request['turns_left_out'] !== undefined) return 'incomplete'
  if (readObjects(request, 'tools').some(({ type }) => type === 'hosted')) return 'hosted-tools'
  const ends = readObjects(readObject(content, 'answer') ?? {}, 'choices').map((one) =>
    readString(one, 'finish'),
  )
  return ends.every((end) => end === undefined || GOOD_ENDS.has(end)) ? undefined : 'cut-off'
}
