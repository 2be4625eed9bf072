import { parseDuration } from '../../kit/duration.ts'
import {
  isArray,
  isObject,
  readArray,
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'

/** A provider's error, whatever its shape was. Texts that are absent are empty. */
export interface ReadError {
  readonly message: string
  readonly type: string
  readonly code: string
  readonly param: string | undefined
  /** An HTTP status that the body names, 400–599. */
  readonly status: number | undefined
  /** The limit that was hit, where the error has details of one. */
  readonly limit?: Limit
}

/** A limit of requests or tokens, as Google's servers tell it. */
interface Limit {
  /** True for a quota of the day: waiting a little does not help. */
  readonly isDaily: boolean
  readonly waitMs?: number
}

const NOTHING: ReadError = { message: '', type: '', code: '', param: undefined, status: undefined }

/**
 * Reads an error body. Providers of this family wrap it as `{error:{…}}`, `{error:"text", code}`, flat, in an array, or
 * under `detail`, `errors`, `fault` and `base_resp`.
 */
export function readProviderError(body: Json | undefined): ReadError {
  if (typeof body === 'string') return { ...NOTHING, message: body }
  if (isArray(body)) return readProviderError(body[0])
  if (!isObject(body)) return NOTHING
  const { error } = body
  if (typeof error === 'string') return { ...readFlat(body), message: error }
  for (const key of ['error', 'fault']) {
    const held = readObject(body, key)
    if (held !== undefined) return readFlat(held)
  }
  const vendor = readObject(body, 'base_resp')
  if (vendor !== undefined) return { ...readFlat(vendor), message: readString(vendor, 'status_msg') ?? '' }
  return readFlat(body)
}

function readFlat(held: JsonObject): ReadError {
  const code = held['code']
  const numeric = typeof code === 'number' ? code : readNumber(held, 'status')
  return {
    message: messageOf(held),
    type: readString(held, 'type') ?? '',
    code: typeof code === 'string' ? code : '',
    param: readString(held, 'param'),
    ...limitOf(held),
    status: numeric !== undefined && numeric >= 400 && numeric <= 599 ? numeric : undefined,
  }
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

function messageOf(held: JsonObject): string {
  const direct = readString(held, 'message') ?? readString(held, 'msg')
  if (direct !== undefined) return direct
  const detail = held['detail'] ?? held['message'] ?? readArray(held, 'errors')[0]
  if (typeof detail === 'string') return detail
  if (isArray(detail)) return messageOf(isObject(detail[0]) ? detail[0] : {})
  return isObject(detail) ? readProviderError(detail).message : (readString(held, 'faultstring') ?? '')
}

/** True when a body that came with status 200 reports an error instead of an answer. */
export function isErrorBody(body: JsonObject): boolean {
  const { error } = body
  if (typeof error === 'string' ? error !== '' : isObject(error)) return true
  const vendor = readObject(body, 'base_resp')
  const vendorCode = vendor === undefined ? undefined : readNumber(vendor, 'status_code')
  if (vendorCode !== undefined && vendorCode !== 0) return true
  return readString(body, 'object') === 'error'
}
