import type { ListedEndpoint } from '../dialects/list-endpoints.ts'
import type { Operation } from '../exchange/operations/all.ts'
import type { Usage } from '../exchange/usage.ts'
import type { Clock } from '../kit/clock.ts'
import { crc32 } from '../kit/hash.ts'
import { createSeededRandom } from '../kit/random.ts'
import type { Secret } from '../kit/secret.ts'
import type { BillOutcome, OpenBill } from './bill.ts'
import type { RequestCounts } from './request-counts.ts'
import type { OpenRequestRecord } from './request-record.ts'
import type { Signer } from './signer.ts'
import type { SimulatedModel } from './simulated-model.ts'
import type { Vendor } from './vendors/vendor.ts'
import { randomHex } from './write-scripts.ts'
import { defined } from '../kit/defined.ts'

/** What all endpoints of a simulated provider share. */
export interface ApiParts {
  readonly models: ReadonlyMap<string, SimulatedModel>
  /** The simulated model, with its options, that plays the one that a request names. */
  readonly plays: (
    request: Request,
    asked: { readonly model: string; readonly operation: Operation },
  ) => string
  readonly bill: OpenBill
  readonly record: OpenRequestRecord
  readonly counts: RequestCounts
  readonly clock: Clock
  readonly seed: number
  /** The credential that is accepted. */
  readonly secret: Secret
  /** The next ordinal. */
  readonly nextOrdinal: () => number
}

/** One endpoint of a dialect as a vendor runs it. */
export interface SimulatedApi extends ApiParts, ListedEndpoint {
  readonly vendor: Vendor
  readonly signer: Signer | undefined
}

/** A request at the endpoint that it is for. */
export interface Visit {
  readonly api: SimulatedApi
  readonly ordinal: number
  readonly requestId: string
  readonly request: Request
  /** The parameters of the endpoint's path. */
  readonly params: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

const OK = 200

/** The name of the simulated model that answers for the one that was asked for. */
export function playedBy({ api, request }: Visit, model: string): string {
  return api.plays(request, { model, operation: api.operation })
}

/** A visit is over. */
export function endVisit({ api, ordinal }: Visit, outcome: BillOutcome, usage: Usage | undefined): void {
  const endedAtMs = api.clock.nowMs()
  api.bill.update(ordinal, { outcome, status: OK, endedAtMs, ...defined({ usage }) })
}

/** Headers of every answer to a visit. */
export function headersOf({ api, requestId, ordinal }: Visit): Readonly<Record<string, string>> {
  return api.vendor.headers({ requestId, ordinal, nowMs: api.clock.nowMs() })
}

/** Sixteen bytes in hex that are the same whenever the same seed is asked for the same. */
export function hexOf({ seed }: Pick<ApiParts, 'seed'>, purpose: string, ordinal: number): string {
  return randomHex(createSeededRandom(crc32(`${seed}/${purpose}/${ordinal}`)))
}
