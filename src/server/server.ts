import type { Dialect } from '../dialects/dialect.ts'
import type { Caller, Exchange } from '../exchange/exchange.ts'
import { Failure, toFailure } from '../exchange/failure.ts'
import type { Gateway, Inbound, OpenExchange } from '../gateway/gateway.ts'
import type { Clock } from '../kit/clock.ts'
import type { Ids } from '../kit/ids.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Secret } from '../kit/secret.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { cleanPath, createDoors, type Door, type Doors } from './doors.ts'
import { modelList, modelRow, visibleModels } from './models.ts'
import { readBody } from './read-body.ts'
import { readPresentedKey } from './read-key.ts'
import { readWishes } from './read-wishes.ts'
import { respondStream, respondWhole, settleSoon, toBody, type Answering } from './respond.ts'
import { costHeader, exchangeHeaders } from './response-headers.ts'

const MODELS_PATH = /^(?:\/[\w-]+){0,3}?\/models(?:\/(.+))?$/

export interface ServerNeeds {
  readonly gateway: Gateway
  readonly dialects: readonly Dialect[]
  /** Establishes who a presented key belongs to; rejects with `Failure`. */
  readonly identify: (key: Secret | undefined) => Promise<Caller>
  readonly allows: (caller: Caller, model: string) => boolean
  readonly clock: Clock
  readonly ids: Ids
  readonly telemetry: Telemetry
}

/** The client door: from a web request to a web response. Never rejects. */
export interface ClientDoor {
  handle(request: Request): Promise<Response>
  /** From now on new requests are refused with `shutting-down`. */
  drain(): void
}

/** Creates the client door over a gateway. */
export function createClientDoor(needs: ServerNeeds): ClientDoor {
  const doors = createDoors(needs.dialects)
  let draining = false

  const admit = (): void => {
    if (draining) throw new Failure('shutting-down')
    if (needs.gateway.inFlight() >= LIMITS.concurrentRequests) throw new Failure('overloaded')
  }

  return {
    drain() {
      draining = true
    },
    async handle(request) {
      const url = new URL(request.url)
      const path = cleanPath(url.pathname)
      const door = doors.find(path)
      const dialect = door?.dialect ?? doors.nearest(path).dialect
      try {
        admit()
        const isRead = request.method === 'GET' || request.method === 'HEAD'
        if (isRead) return await answerRead({ request, url, path }, needs, doors)
        return await answerPost({ request, url, path }, requireDoor(door, doors, path), needs)
      } catch (thrown) {
        return refuse(dialect, toFailure(thrown), needs)
      }
    },
  }
}

function requireDoor(door: Door | undefined, doors: Doors, path: string): Door {
  if (door !== undefined) return door
  throw unknownPath(doors, path)
}

function unknownPath(doors: Doors, path: string): Failure {
  const { paths } = doors.nearest(path)
  const nearest = paths.length > 0 ? paths : doors.paths
  const hint = paths[0] === undefined ? `Known: ${doors.paths.join(', ')}.` : `Did you mean ${paths[0]}?`
  return new Failure('unknown-path', {
    message: `There is nothing at ${path.slice(0, 200)}. ${hint}`,
    nearest,
  })
}

interface Read {
  readonly request: Request
  readonly url: URL
  readonly path: string
}

/** `GET /v1/models`, `GET /v1/models/{id}`, and the `HEAD /` with which some clients look whether anybody is home. */
async function answerRead({ request, url, path }: Read, needs: ServerNeeds, doors: Doors): Promise<Response> {
  if (request.method === 'HEAD' && path === '/') return new Response(null, { status: 200 })
  const match = MODELS_PATH.exec(path)
  if (match === null) {
    if (doors.find(path) === undefined) throw unknownPath(doors, path)
    throw new Failure('method-not-allowed', { headers: { allow: 'POST' } })
  }
  const caller = await needs.identify(readPresentedKey(request.headers, url.searchParams))
  const visible = visibleModels(needs.gateway.plan().models, caller, needs.allows)
  const wanted = match[1] === undefined ? undefined : decodeName(match[1])
  if (wanted === undefined) return Response.json(modelList(visible))
  const model = visible.find(({ id }) => id === wanted)
  if (model === undefined) throw new Failure('model-not-found', { param: 'model' })
  return Response.json(modelRow(model))
}

/** A name in a path. One that is not well encoded is the name of nothing. */
function decodeName(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch {
    return encoded
  }
}

async function answerPost({ request, url }: Read, door: Door, needs: ServerNeeds): Promise<Response> {
  if (request.method !== 'POST') throw new Failure('method-not-allowed', { headers: { allow: 'POST' } })
  const { bytes, json, scan } = await readBody(request)
  const { request: asked, wishes } = door.dialect.decodeRequest(json, door.endpoint.operation)
  const inbound: Inbound = {
    dialect: door.dialect.name,
    request: asked,
    raw: { body: bytes, scan, headers: forwardable(request.headers, door.dialect.forwardHeaders) },
    wishes: readWishes(request.headers, wishes),
    signal: request.signal,
    ...keyOf(request, url),
  }
  return await answerExchange(needs.gateway.open(inbound), door.dialect, needs)
}

function keyOf(request: Request, url: URL): { presentedKey?: Secret } {
  const presentedKey = readPresentedKey(request.headers, url.search === '' ? undefined : url.searchParams)
  return presentedKey === undefined ? {} : { presentedKey }
}

async function answerExchange(
  { exchange, run }: OpenExchange,
  dialect: Dialect,
  needs: ServerNeeds,
): Promise<Response> {
  const answering: Answering = { exchange, dialect, clock: needs.clock }
  try {
    if (!exchange.request.stream) return await respondWhole(answering, await run())
    const pending = run()
    const response = await settleSoon(pending, needs.clock)
    if (response instanceof Failure) throw response
    return respondStream(answering, response ?? pending)
  } catch (thrown) {
    return refuseExchange(answering, toFailure(thrown), needs)
  }
}

/** Headers of the client that its dialect lets through; a trailing `*` in the list matches a prefix. */
function forwardable(headers: Headers, allowed: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {}
  for (const [name, value] of headers) {
    const isAllowed = allowed.some((rule) =>
      rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule,
    )
    if (isAllowed) kept[name] = value
  }
  return kept
}

/** Answers a failure that belongs to an exchange, with everything that is known about it. */
function refuseExchange(
  { exchange, dialect, clock }: Answering,
  failure: Failure,
  needs: ServerNeeds,
): Response {
  reportInternal(failure, exchange, needs)
  const wire = dialect.encodeFailure(failure, { requestId: exchange.id, attempts: exchange.trail.attempts })
  const headers = {
    ...exchangeHeaders(exchange, clock.elapsedMs() - exchange.startedElapsedMs),
    ...costHeader(exchange),
  }
  return new Response(toBody(wire.body), {
    status: wire.status,
    headers: { ...headers, ...failure.details.headers, ...wire.headers },
  })
}

/** Answers a failure found before there was an exchange. */
function refuse(dialect: Dialect, failure: Failure, needs: ServerNeeds): Response {
  const requestId = needs.ids.mint('req')
  reportInternal(failure, { id: requestId }, needs)
  needs.telemetry.count('gatehouse_refused_at_door_total', { code: failure.code })
  const wire = dialect.encodeFailure(failure, { requestId, attempts: [] })
  const own = { 'x-request-id': requestId, 'request-id': requestId, 'cache-control': 'no-store' }
  return new Response(toBody(wire.body), {
    status: wire.status,
    headers: { ...own, ...failure.details.headers, ...wire.headers },
  })
}

function reportInternal(failure: Failure, exchange: Pick<Exchange, 'id'>, { telemetry }: ServerNeeds): void {
  if (failure.code !== 'internal') return
  telemetry.log('error', 'a request met a defect of the gateway', {
    requestId: exchange.id,
    error: failure.cause,
    stack: failure.cause instanceof Error ? failure.cause.stack : undefined,
  })
}
