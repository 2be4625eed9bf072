import type { ChatRequest } from '../exchange/chat.ts'
import { Failure } from '../exchange/failure.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import { scanJson } from '../kit/json-scan.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Secret } from '../kit/secret.ts'
import { VendorError } from './vendor-error.ts'
import type { SimulatedApi, Visit } from './visit.ts'
import type { Vendor } from './vendors/vendor.ts'

/** Checks and reads a request as the vendor does. Throws `VendorError`. */
export function readRequest(visit: Visit, body: JsonObject): ModelRequest {
  const { api, request } = visit
  api.vendor.checks[api.operation]?.({ body, headers: request.headers })
  return decode(visit, body)
}

/** Refuses a conversation that echoes a proof which is not ours. Throws `VendorError`. */
export function refuseBrokenSignature({ signer, vendor }: SimulatedApi, chat: ChatRequest): void {
  const broken = signer?.firstBroken(chat)
  if (broken !== undefined) throw vendor.brokenSignature(broken)
}

/** Takes the credential as a bearer token or in a header of its own. Throws `VendorError` of status 401. */
export function checkCredential({ headers }: Request, secret: Secret, vendor: Vendor): void {
  const bearer = headers.get('authorization')?.replace(/^Bearer /i, '')
  const presented = [bearer, headers.get('x-api-key'), headers.get('x-goog-api-key')].filter(
    (value) => typeof value === 'string',
  )
  if (presented.length === 0) throw vendor.unauthorised(false)
  if (!presented.includes(secret.reveal())) throw vendor.unauthorised(true)
}

function decode({ api, request, params, body: bytes }: Visit, json: JsonObject): ModelRequest {
  const { codec, endpoint } = api
  const query = new URL(request.url).searchParams
  const { headers } = request
  const head = { endpoint, params, query, headers }
  try {
    if (codec.takesNoBody === true) return codec.decodeRequest({ form: 'none' }, head).request
    return codec.decodeRequest({ form: 'json', bytes, json, scan: scanJson(bytes) }, head).request
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    const { param } = thrown.details
    throw new VendorError(400, thrown.message, param === undefined ? {} : { param })
  }
}
