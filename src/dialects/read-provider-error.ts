import { parseDuration } from '../kit/duration.ts'
import {
  isArray,
  isObject,
  parseJson,
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../kit/json.ts'
import type { ContextOverflow } from './context-overflow.ts'

/** A provider's error, whatever its shape was. Texts that are absent are empty. */
export interface ReadError {
  readonly message: string
  readonly type: string
  readonly code: string
  readonly param: string | undefined
  /** An HTTP status that the body names, 400–599. */
  readonly status: number | undefined
  /** The title of a page of HTML: worth showing, but nothing to classify by. */
  readonly title?: string
  /** The limit that was hit, where the error has details of one. */
  readonly limit?: Limit
  /** The numbers of an overflow that stand in members of their own. */
  readonly overflow?: ContextOverflow
}

/** A limit of requests or tokens, as Google's servers tell it. */
interface Limit {
  /** True for a quota of the day: waiting a little does not help. */
  readonly isDaily: boolean
  readonly waitMs?: number
}

const NOTHING: ReadError = { message: '', type: '', code: '', param: undefined, status: undefined }
/** Deeper than this nobody nests words. */
const MOST_DEPTH = 5

/** Where providers put the object that describes an error. */
const HOLDERS = ['error', 'fault', 'base_resp'] as const
/** Where they put its words; earlier members say more. */
const WORDS = [
  'message',
  'msg',
  'status_msg',
  'error_description',
  'error_message',
  'error_msg',
  'detail',
  'error',
  'errors',
  'fault',
  'faultstring',
  'description',
  'title',
  'reason',
] as const

const decoder = new TextDecoder()

/** Reads the body of an error response: JSON of any shape, events, plain text, or a page of HTML. */
export function readErrorBody(body: Uint8Array): ReadError {
  const text = decoder.decode(body).trim()
  const json = jsonIn(text)
  if (json !== undefined) return readProviderError(json)
  if (!text.startsWith('<')) return { ...NOTHING, message: text }
  const title = /<title[^<>]{0,200}>([^<]{1,200})/i.exec(text)?.[1]?.trim()
  return title === undefined ? NOTHING : { ...NOTHING, title }
}

/** The body of an error response as JSON; undefined where it is none. */
export function parseErrorBody(body: Uint8Array): Json | undefined {
  return jsonIn(decoder.decode(body).trim())
}

function jsonIn(text: string): Json | undefined {
  return parseOrNothing(text) ?? parseOrNothing(/^data: ?(\{.*)$/m.exec(text)?.[1] ?? '')
}

function parseOrNothing(text: string): Json | undefined {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/**
 * Reads an error that is JSON already. Providers wrap it as `{error:{…}}`, `{error:"text", code}`, flat, in an array, or under
 * `detail`, `errors`, `fault` and `base_resp`; members that are broken or empty hide none of the others.
 */
export function readProviderError(body: Json | undefined): ReadError {
  if (isArray(body)) return readProviderError(body[0])
  if (!isObject(body)) return { ...NOTHING, message: wordsIn(body, 0) }
  const holder = HOLDERS.find((key) => isObject(body[key]))
  const held = (holder === undefined ? undefined : readObject(body, holder)) ?? body
  return {
    message: wordsBehind(held) || wordsIn(held, 0) || wordsIn(body, 0),
    type: readString(held, 'type') ?? '',
    code: readString(held, 'code') ?? '',
    param: readString(held, 'param') ?? pathOf(body['detail']),
    ...limitOf(held),
    ...overflowOf(held),
    status: statusOf(held),
  }
}

/** The first words in a value; empty when there are none. */
function wordsIn(value: Json | undefined, depth: number): string {
  if (typeof value === 'string') return value.trim()
  if (depth > MOST_DEPTH) return ''
  if (isArray(value)) return firstOf(value, (item) => wordsIn(item, depth + 1))
  if (!isObject(value)) return ''
  return firstOf(WORDS, (key) => wordsIn(value[key], depth + 1))
}

function firstOf<Item>(items: readonly Item[], read: (item: Item) => string): string {
  for (const item of items) {
    const words = read(item)
    if (words !== '') return words
  }
  return ''
}

/** What the provider behind a router said, where the router only says that it failed. */
function wordsBehind(held: JsonObject): string {
  const raw = readString(readObject(held, 'metadata') ?? {}, 'raw')
  if (raw === undefined) return ''
  return wordsIn(parseOrNothing(raw) ?? raw, 0)
}

/** The field at fault in a list of validation errors: `messages.0.content`. */
function pathOf(detail: Json | undefined): string | undefined {
  const first = isArray(detail) ? detail[0] : undefined
  const path = isObject(first) ? first['loc'] : undefined
  if (!isArray(path)) return undefined
  const steps = path.filter((step) => step !== 'body').map(String)
  return steps.length === 0 ? undefined : steps.join('.')
}

function statusOf(held: JsonObject): number | undefined {
  const status = readNumber(held, 'code') ?? readNumber(held, 'status') ?? readNumber(held, 'statusCode')
  return status !== undefined && status >= 400 && status <= 599 ? status : undefined
}

/** Every limit, short or of a day, has the same words; which one it was and how long to wait stands in `details`. */
function limitOf(held: JsonObject): { limit?: Limit } {
  const details = readObjects(held, 'details')
  const quotas = details.flatMap((detail) => readObjects(detail, 'violations'))
  const delay = details.map((detail) => readString(detail, 'retryDelay')).find((text) => text !== undefined)
  const waitMs = parseDuration(delay ?? '')
  if (waitMs === undefined && quotas.length === 0) return {}
  const isDaily = quotas.some((quota) => (readString(quota, 'quotaId') ?? '').includes('PerDay'))
  return { limit: { isDaily, ...(waitMs === undefined ? {} : { waitMs: Math.ceil(waitMs) }) } }
}

function overflowOf(held: JsonObject): { overflow?: ContextOverflow } {
  const inputTokens = readNumber(held, 'n_prompt_tokens')
  const limitTokens = readNumber(held, 'n_ctx')
  return inputTokens === undefined || limitTokens === undefined
    ? {}
    : { overflow: { inputTokens, limitTokens } }
}

/** Members that an error in place of an answer has, and no answer. */
const TELLING = ['fault', 'detail', 'errors', 'message', 'msg', 'error_msg'] as const

/**
 * True when an object that came with status 200 reports an error instead of an answer.
 *
 * @param answers the members of which an answer has at least one
 */
export function isErrorBody(body: JsonObject, answers: readonly string[]): boolean {
  const { error } = body
  if (typeof error === 'string' ? error !== '' : isObject(error) && Object.keys(error).length > 0) return true
  const vendor = readObject(body, 'base_resp')
  const vendorCode = vendor === undefined ? undefined : readNumber(vendor, 'status_code')
  if (vendorCode !== undefined && vendorCode !== 0) return true
  if (readString(body, 'object') === 'error') return true
  return !isAnswer(body, answers) && tellsFault(body)
}

// Both are asked of chunks of streams, so without closures.

function tellsFault(body: JsonObject): boolean {
  for (const key of TELLING) if (wordsIn(body[key], 0) !== '') return true
  return false
}

function isAnswer(body: JsonObject, answers: readonly string[]): boolean {
  for (const key of answers) if (key in body) return true
  return false
}
