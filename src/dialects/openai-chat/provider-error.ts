import {
  isArray,
  isObject,
  readArray,
  readNumber,
  readObject,
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
    code: typeof code === 'string' ? code : code === undefined || code === null ? '' : String(numeric ?? ''),
    param: readString(held, 'param'),
    status: numeric !== undefined && numeric >= 400 && numeric <= 599 ? numeric : undefined,
  }
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
