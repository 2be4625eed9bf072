import type { Dialect, Endpoint } from '../dialects/dialect.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import { estimateInputTokens } from '../exchange/estimate.ts'
import { Failure } from '../exchange/failure.ts'
import { chatOf, type ModelRequest } from '../exchange/operation.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Secret } from '../kit/secret.ts'
import type { Sealer } from './seal.ts'
import type { SimulatedModel } from './simulated-model.ts'
import { VendorError } from './vendor-error.ts'
import type { Vendor } from './vendors/vendor.ts'
import { chooseModel, type ChosenModel } from './write-scripts.ts'

/** A request that the vendor has nothing against. */
export interface AcceptedRequest {
  readonly request: ModelRequest
  readonly chat: ChatRequest
  readonly chosen: ChosenModel
}

/** Who reads requests: a dialect at one of its endpoints, run by a vendor. */
export interface RequestReader {
  readonly dialect: Dialect
  readonly endpoint: Endpoint
  readonly vendor: Vendor
  readonly sealer: Sealer | undefined
  readonly models: ReadonlyMap<string, SimulatedModel>
}

/** Checks and reads a body as the vendor does. Throws `VendorError`. */
export function readRequest(reader: RequestReader, body: JsonObject, headers: Headers): AcceptedRequest {
  const { dialect, endpoint, vendor, sealer, models } = reader
  vendor.check({ body, headers, operation: endpoint.operation })
  const request = decode(dialect, endpoint, body)
  const chat = chatOf(request)
  const chosen = chooseModel(request.model, models, vendor)
  if (request.operation === 'chat') checkContext(chat, chosen, vendor)
  const broken = sealer?.firstBroken(chat)
  if (broken !== undefined) throw vendor.brokenSeal(broken)
  return { request, chat, chosen }
}

function checkContext(chat: ChatRequest, { options }: ChosenModel, vendor: Vendor): void {
  const limitTokens = options.number('context')
  if (limitTokens === undefined) return
  const sizes = {
    inputTokens: estimateInputTokens(chat),
    outputTokens: chat.maxOutputTokens ?? 0,
    limitTokens,
  }
  if (sizes.inputTokens + sizes.outputTokens > limitTokens) throw vendor.contextOverflow(sizes)
}

/** Takes the credential as a bearer token or in `x-api-key`. Throws `VendorError` of status 401. */
export function checkCredential(headers: Headers, secret: Secret, vendor: Vendor): void {
  const bearer = headers.get('authorization')?.replace(/^Bearer /i, '')
  const presented = [bearer, headers.get('x-api-key')].filter((value) => typeof value === 'string')
  if (presented.length === 0) throw vendor.unauthorised(false)
  if (!presented.includes(secret.reveal())) throw vendor.unauthorised(true)
}

function decode(dialect: Dialect, endpoint: Endpoint, body: JsonObject): ModelRequest {
  try {
    return dialect.decodeRequest(body, endpoint.operation).request
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    const { param } = thrown.details
    throw new VendorError(400, thrown.message, param === undefined ? {} : { param })
  }
}
