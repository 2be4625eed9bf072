import type { Dialect } from '../dialects/dialect.ts'
import { listEndpoints } from '../dialects/list-endpoints.ts'
import type { Clock } from '../kit/clock.ts'
import type { serveHttp } from '../kit/http-server.ts'
import { LIMITS } from '../kit/limits.ts'
import { createPathPattern } from '../kit/path-pattern.ts'
import type { Secret } from '../kit/secret.ts'
import { createBill, type Bill } from './bill.ts'
import { listedModels, simulatedModels } from './models/all.ts'
import { createRequestCounts } from './request-counts.ts'
import { createRequestRecord, type RequestRecord } from './request-record.ts'
import { createSimulatedApi } from './simulated-api.ts'
import { CREATED_MS } from './simulated-answer.ts'
import { vendors } from './vendors/all.ts'
import type { Vendor } from './vendors/vendor.ts'
import type { ApiParts } from './visit.ts'
import { defined } from '../kit/defined.ts'

/** What a simulated provider is, wherever it is asked. */
export interface SimulationOptions {
  /** The dialects to speak; each needs a vendor in `vendors/all.ts`. */
  readonly dialects: readonly Dialect[]
  readonly clock: Clock
  /** The same seed and the same requests give the same answers, ids included. */
  readonly seed: number
  /** The credential that is accepted, as a bearer token or in `x-api-key`. */
  readonly secret: Secret
  /** Gives the name, options included, of the simulated model that plays the one that was asked for; absent: each plays itself. */
  readonly plays?: ApiParts['plays']
  /** Keeps the bodies of recorded requests. */
  readonly keepBodies?: boolean
  /** Takes each line of the bill as it is written, for a bill that outlives the process. */
  readonly appendBill?: (line: string) => void
}

export interface SimulatedProviderOptions extends SimulationOptions {
  readonly host: string
  /** 0 picks a free port. */
  readonly port: number
  readonly serve: typeof serveHttp
  /** Told what went wrong inside the simulation itself. */
  readonly onError?: (error: unknown) => void
}

/** A company that exists only here, without a place where it is asked. */
export interface Simulation {
  /** Answers a request. What stands in its path before the dialect's own endpoint is not looked at. */
  handle(request: Request): Promise<Response>
  readonly bill: Bill
  readonly requests: RequestRecord
}

/** A company that exists only here, on a real socket. */
export interface SimulatedProvider extends Omit<Simulation, 'handle'> {
  /** `http://host:port`, without a path. */
  readonly url: string
  readonly port: number
  /** Closes every connection at once. */
  close(): Promise<void>
}

/**
 * Creates the simulated provider: the house's own dialects with a script behind them, run by vendors that check requests, word errors and
 * bill on their own account. Throws RangeError for a dialect that no vendor speaks.
 */
export function createSimulation(options: SimulationOptions): Simulation {
  const { dialects, clock, seed, secret, plays = (_request, { model }) => model } = options
  const bill = createBill(options.appendBill)
  const record = createRequestRecord(options.keepBodies ?? false)
  let ordinal = 0
  const house: ApiParts = {
    models: new Map(simulatedModels.map((model) => [model.name, model])),
    plays,
    bill,
    record,
    counts: createRequestCounts(clock),
    clock,
    seed,
    secret,
    nextOrdinal: () => (ordinal += 1),
  }
  return { handle: createHandler(dialects, house), bill, requests: record }
}

/** Opens the simulated provider on a socket. Rejects with `PortBusy`, and with RangeError for a dialect that no vendor speaks. */
export async function openSimulatedProvider(options: SimulatedProviderOptions): Promise<SimulatedProvider> {
  const { host, port, serve } = options
  const { handle, ...simulation } = createSimulation(options)
  const server = serve({
    host,
    port,
    handle,
    maxBodyBytes: LIMITS.requestBodyBytes,
    ...defined({ onError: options.onError }),
  })
  return {
    ...simulation,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`,
    port: server.port,
    close: () => server.stop('now'),
  }
}

const MODELS_PATH = '/v1/models'

function createHandler(
  dialects: readonly Dialect[],
  house: ApiParts,
): (request: Request) => Promise<Response> {
  const apis = dialects.flatMap((dialect) => {
    const vendor = vendorOf(dialect)
    return listEndpoints(dialect).map((listed) => ({
      method: listed.method,
      pattern: createPathPattern(listed.path),
      answer: createSimulatedApi({ ...listed, vendor }, house),
    }))
  })
  return (request) => {
    const { pathname } = new URL(request.url)
    if (pathname === MODELS_PATH && request.method === 'GET') return Promise.resolve(listModels())
    let isKnown = false
    for (const { method, pattern, answer } of apis) {
      const match = pattern(pathname)
      if (match?.prefix !== '') continue
      if (method === request.method) return answer(request, match.params)
      isKnown = true
    }
    if (isKnown) return Promise.resolve(plainError(405, 'Method not allowed.'))
    return Promise.resolve(plainError(404, `Unknown request URL: ${request.method} ${pathname}.`))
  }
}

function vendorOf(dialect: Dialect): Vendor {
  const vendor = vendors.find((candidate) => candidate.dialect === dialect.name)
  if (vendor === undefined) throw new RangeError(`no simulated vendor speaks ${dialect.name}`)
  return vendor
}

function plainError(status: number, message: string): Response {
  return Response.json(
    { type: 'error', error: { type: 'invalid_request_error', message, param: null, code: null } },
    { status },
  )
}

/** The list in a form that clients of either company can read: their fields do not collide. */
function listModels(): Response {
  const ids = listedModels.map(({ name }) => name)
  return Response.json({
    object: 'list',
    data: listedModels.map(({ name, summary }) => ({
      id: name,
      object: 'model',
      type: 'model',
      created: CREATED_MS / 1_000,
      created_at: new Date(CREATED_MS).toISOString(),
      owned_by: 'simulated',
      display_name: summary,
    })),
    has_more: false,
    first_id: ids[0] ?? null,
    last_id: ids.at(-1) ?? null,
  })
}
