import type { Dialect } from '../../dialects/dialect.ts'
import type { Bill } from '../../drills/bill.ts'
import { createSimulation } from '../../drills/simulated-provider.ts'
import { canPlay, strikes, understudyOf, type RehearsedCall } from '../../drills/rehearse/cast.ts'
import { DRILL_FAULTS, type DrillFault } from '../../exchange/drill.ts'
import { OWN_HEADERS } from '../../exchange/own-headers.ts'
import type { Clock } from '../../kit/clock.ts'
import { HttpError } from '../../kit/http-error.ts'
import type { HttpClient, HttpRequest } from '../../kit/http-client.ts'
import { createInProcessHttp } from '../../kit/in-process-http.ts'
import { Secret } from '../../kit/secret.ts'
import { createLocate } from './locate.ts'

const SEED = 1
const HOST = 'http://rehearsal'
/** Who may ask the understudies. Real credentials are taken off before. */
const PASS = new Secret('rehearsal')
const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'api-key',
  'x-api-key',
  'x-goog-api-key',
  'cookie',
])

export interface UpstreamOptions {
  readonly dialects: readonly Dialect[]
  readonly clock: Clock
  /** Faults that strike providers. */
  readonly faults: readonly DrillFault[]
  /** Providers whose models are simulated anyway and play themselves. */
  readonly simulated: ReadonlySet<string>
}

/** All providers of a plan, played here. */
export interface Upstream {
  /** The only way out of a rehearsal, which leads nowhere else. */
  readonly http: HttpClient
  readonly bill: Bill
  /** Attempts that a fault struck. */
  readonly struck: ReadonlySet<string>
}

/** Opens the understudies of all providers. The faults begin now. */
export function openUpstream({ dialects, clock, faults, simulated }: UpstreamOptions): Upstream {
  const locate = createLocate(dialects)
  const callers = new WeakMap<Request, HttpRequest>()
  const struck = new Set<string>()
  const startMs = clock.elapsedMs()
  const ofProviders = faults.filter(({ kind }) => DRILL_FAULTS[kind].at === 'provider')
  const striking = (call: Omit<RehearsedCall, 'operation'>): DrillFault | undefined =>
    ofProviders.find((fault) => strikes(fault, call, clock.elapsedMs() - startMs))

  const simulation = createSimulation({
    dialects,
    clock,
    seed: SEED,
    secret: PASS,
    plays(request, { model, operation }) {
      const sent = callers.get(request)
      const call: RehearsedCall = { ...whose(sent), model, operation }
      const found = striking(call)
      const fault = found !== undefined && canPlay(found, operation) ? found : undefined
      if (fault !== undefined) note(sent)
      return fault === undefined && simulated.has(call.provider) ? model : understudyOf(call, fault)
    },
  })
  const note = (sent: HttpRequest | undefined): void => {
    const attempt = sent?.headers[OWN_HEADERS.attempt]
    if (attempt !== undefined) struck.add(attempt)
  }
  const isGone = (sent: HttpRequest): boolean => {
    const fault = striking({ ...whose(sent), model: '' })
    return fault?.kind === 'outage' && fault.model === undefined
  }
  const http = createInProcessHttp((sent) => {
    if (isGone(sent)) {
      note(sent)
      throw new HttpError('connect-failed', 'ECONNREFUSED')
    }
    const { pathname, search } = new URL(sent.url)
    const path = locate(pathname)
    if (path === undefined) throw new HttpError('destination-forbidden')
    const request = toRequest(HOST + path + search, sent)
    callers.set(request, sent)
    return simulation.handle(request)
  })
  return { http, bill: simulation.bill, struck }
}

/** Connections are shared by credential, whose id begins with its provider. */
function whose(sent: HttpRequest | undefined): { readonly provider: string; readonly credential: string } {
  const credential = sent?.pool ?? ''
  return { provider: credential.slice(0, credential.indexOf('/')), credential }
}

function toRequest(url: string, { method, headers, body, controller }: HttpRequest): Request {
  const kept = Object.entries(headers).filter(([name]) => !CREDENTIAL_HEADERS.has(name))
  return new Request(url, {
    method,
    headers: { ...Object.fromEntries(kept), authorization: `Bearer ${PASS.reveal()}` },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as in the client of the network
    body: (body ?? null) as string | null,
    signal: controller.signal,
  })
}
