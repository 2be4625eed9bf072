import type { Dialect } from '../../dialects/dialect.ts'
import type { Bill } from '../../drills/bill.ts'
import type { RehearsedCall } from '../../drills/rehearse/cast.ts'
import { createSimulation } from '../../drills/simulated-provider.ts'
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

export interface PlayedHttpOptions {
  readonly dialects: readonly Dialect[]
  readonly clock: Clock
  /** Gives the simulated model, options included, that answers a call. */
  readonly plays: (call: RehearsedCall, sent: HttpRequest | undefined) => string
  /** True where nobody would answer: the connection is refused. */
  readonly isGone: (call: Omit<RehearsedCall, 'operation' | 'model'>, sent: HttpRequest) => boolean
  /** Answers what goes to no provider; absent: it leads nowhere. */
  readonly elsewhere?: (sent: HttpRequest) => Response
}

/** Every provider, played in this process, and what they charged. */
export interface PlayedHttp {
  /** The only way out, which leads nowhere else. */
  readonly http: HttpClient
  readonly bill: Bill
}

/** Opens a client behind which all providers are played, whatever their addresses are. */
export function openPlayedHttp(options: PlayedHttpOptions): PlayedHttp {
  const { dialects, clock, plays, isGone, elsewhere = leadNowhere } = options
  const locate = createLocate(dialects)
  const callers = new WeakMap<Request, HttpRequest>()
  const simulation = createSimulation({
    dialects,
    clock,
    seed: SEED,
    secret: PASS,
    plays(request, { model, operation }) {
      const sent = callers.get(request)
      return plays({ ...whose(sent), model, operation }, sent)
    },
  })
  const http = createInProcessHttp(async (sent) => {
    if (isGone(whose(sent), sent)) throw new HttpError('connect-failed', 'ECONNREFUSED')
    const { pathname, search } = new URL(sent.url)
    const path = locate(pathname)
    if (path === undefined) return elsewhere(sent)
    const request = toRequest(HOST + path + search, sent)
    callers.set(request, sent)
    return simulation.handle(request)
  })
  return { http, bill: simulation.bill }
}

function leadNowhere(): never {
  throw new HttpError('destination-forbidden')
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
