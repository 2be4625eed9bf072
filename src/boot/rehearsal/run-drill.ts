import { DIALECTS } from '../../dialects/all.ts'
import type { Codec, Dialect } from '../../dialects/dialect.ts'
import { compareBooks } from '../../drills/rehearse/compare-books.ts'
import { canPlay } from '../../drills/rehearse/cast.ts'
import { judgeRoute, tellFault } from '../../drills/rehearse/judge-drill.ts'
import type { Books, DrillReport, Observed } from '../../drills/rehearse/report.ts'
import { inventShapes, repeatShapes, requestOf, type RequestShape } from '../../drills/rehearse/traffic.ts'
import { DRILL_FAULTS, type Drill } from '../../exchange/drill.ts'
import type { ModelRequest, Operation } from '../../exchange/operations/all.ts'
import type { Route } from '../../exchange/route.ts'
import type { Plan } from '../../gateway/plan.ts'
import { defined } from '../../kit/defined.ts'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createVirtualClock, type VirtualClock } from '../../kit/virtual-clock.ts'
import { createLocate } from './locate.ts'
import { openStage, type Stage, type Written } from './stage.ts'

/** How long a drill takes, of its own time, whose faults say nothing of it. */
const USUAL_MS = 60_000

export interface RunDrillNeeds {
  readonly plan: Plan
  /** Providers whose models are simulated anyway: they play themselves. */
  readonly simulated: ReadonlySet<string>
  /** Shapes of the last requests for a route, newest first. */
  readonly mirror: (route: string) => Promise<readonly RequestShape[]>
  readonly clock: Clock
}

/** A request that will be asked. */
interface Planned {
  readonly route: string
  readonly shape: RequestShape
  /** From the beginning of the drill. */
  readonly atMs: number
}

/**
 * Rehearses a drill: the same traffic twice over the plan, without its faults and with them, each time in a gateway of its own whose
 * providers are all played and whose time passes at once. Nothing of it reaches a provider, the ledger or the health of this installation.
 */
export async function runDrill(drill: Drill, needs: RunDrillNeeds): Promise<DrillReport> {
  const { clock, plan } = needs
  const beganMs = clock.elapsedMs()
  const { routes, left } = routesOf(drill, plan)
  const planned = await planTraffic(drill, routes, needs)
  const well = await play({ ...drill, faults: [] }, planned, needs)
  const struck = await play(withEnds(drill), planned, needs)
  const reports = routes.map(({ name }) => {
    const ofRoute = ({ route }: Observed): boolean => route === name
    return judgeRoute(drill, {
      route: name,
      well: well.seen.filter(ofRoute),
      struck: struck.seen.filter(ofRoute),
    })
  })
  const books: Books = {
    attempts: struck.books.attempts,
    billed: struck.books.billed,
    broken: [...new Set([...well.books.broken, ...struck.books.broken])],
  }
  return {
    drill: drill.name,
    atMs: clock.nowMs(),
    tookMs: clock.elapsedMs() - beganMs,
    faults: drill.faults.map(tellFault),
    traffic: drill.traffic,
    passed: books.broken.length === 0 && reports.every(({ broken }) => broken.length === 0),
    routes: reports,
    books,
    left,
  }
}

interface RehearsedRoute {
  readonly name: string
  readonly operation: Operation
}

/** The routes of a drill and what is asked of each, and those that it has to leave out. */
function routesOf({ routes, faults }: Drill, plan: Plan) {
  const names = routes === 'all' ? [...plan.routes.keys()].filter((name) => !isPlain(name, plan)) : routes
  const rehearsed: RehearsedRoute[] = []
  const left: string[] = []
  for (const name of names) {
    const route = plan.resolveRoute(name)
    const operation = route === undefined ? undefined : operationAsked(route)
    const foreign = faults.find(
      (fault) =>
        DRILL_FAULTS[fault.kind].at === 'provider' && operation !== undefined && !canPlay(fault, operation),
    )
    if (operation === undefined) left.push(`${name}: it has no target that answers anything`)
    else if (foreign !== undefined)
      left.push(`${name}: ${foreign.kind} can only be rehearsed with conversations`)
    else rehearsed.push({ name, operation })
  }
  return { routes: rehearsed, left }
}

/** A model under its own name, which is no route of anybody's making. */
function isPlain(name: string, { routes }: Plan): boolean {
  const [first, ...more] = routes.get(name)?.targets ?? []
  return first !== undefined && `${first.target.provider}/${first.target.model}` === name && more.length === 0
}

const ASKED: readonly Operation[] = ['chat', 'embed', 'rerank', 'moderate']

/** What a route is asked for: what its first target answers. */
function operationAsked({ targets: [first] }: Route): Operation | undefined {
  const known = first?.target.capabilities.operations
  return first === undefined ? undefined : ASKED.find((operation) => known?.includes(operation) ?? true)
}

async function planTraffic(
  drill: Drill,
  routes: readonly RehearsedRoute[],
  { mirror }: RunDrillNeeds,
): Promise<readonly Planned[]> {
  const most = Math.max(1, Math.floor(LIMITS.drillTotalRequests / Math.max(1, routes.length)))
  const count = Math.min(drill.requests, most)
  const forMs = durationOf(drill)
  const planned = await Promise.all(
    routes.map(async ({ name, operation }, place) => {
      const seen = drill.traffic === 'mirrored' ? await mirror(name) : []
      const shapes =
        seen.length > 0 ? repeatShapes(seen, count) : inventShapes({ ...drill, requests: count }, operation)
      const offset = (place + 0.5) / routes.length
      return shapes.map((shape, index) => ({ route: name, shape, atMs: ((index + offset) * forMs) / count }))
    }),
  )
  return planned.flat()
}

function durationOf({ faults }: Drill): number {
  const longest = Math.max(0, ...faults.map(({ forMs = USUAL_MS }) => forMs))
  return Math.min(longest, LIMITS.drillMs)
}

/** A fault that lasts to the end of the drill is over then: what waited for that is still to come. */
function withEnds(drill: Drill): Drill {
  const forMs = durationOf(drill)
  return { ...drill, faults: drill.faults.map((fault) => ({ ...fault, forMs: fault.forMs ?? forMs })) }
}

interface Played {
  readonly seen: readonly Observed[]
  readonly books: Books
}

/** Plays the traffic once. */
async function play(drill: Drill, planned: readonly Planned[], needs: RunDrillNeeds): Promise<Played> {
  const clock = createVirtualClock(needs.clock.nowMs())
  const patienceMs = LIMITS.drillMs + LIMITS.exchangeMs
  const opened = await clock.run(openStage({ ...needs, ...drill, clock }), patienceMs)
  const client = new RehearsalClient(opened, clock)
  const asked = await clock.run(Promise.all(planned.map((one) => client.ask(one))), patienceMs)
  await clock.run(untilOver(drill, clock), patienceMs)
  const written = await clock.run(opened.close(), patienceMs)
  return {
    seen: asked.map((answer) => observe(answer, written)),
    books: compareBooks(written.ledger, written.bill.entries()),
  }
}

/** The faults end before the books are closed. */
function untilOver(drill: Drill, clock: Clock): Promise<void> {
  return new Promise((resolve) => clock.after(durationOf(drill) - clock.elapsedMs(), resolve))
}

interface Asked extends Omit<Observed, 'attempts' | 'struck'> {
  readonly requestId: string
}

function observe({ requestId, ...seen }: Asked, { ledger, struck }: Written): Observed {
  const attempts = ledger.filter((row) => row.requestId === requestId)
  return { ...seen, attempts: attempts.length, struck: attempts.filter(({ id }) => struck.has(id)).length }
}

/** Whoever asks the rehearsed gateway: in the language of its first dialect that can say what is asked. */
class RehearsalClient {
  readonly #stage: Stage
  readonly #clock: VirtualClock
  readonly #locate = createLocate(DIALECTS)

  constructor(stage: Stage, clock: VirtualClock) {
    this.#stage = stage
    this.#clock = clock
  }

  async ask({ route, shape, atMs }: Planned): Promise<Asked> {
    await new Promise<void>((resolve) => this.#clock.after(atMs, resolve))
    const beganMs = this.#clock.elapsedMs()
    const response = await this.#stage.api.handle(this.#write(requestOf(shape, route)), {
      address: '127.0.0.1',
    })
    await response.arrayBuffer()
    const requestId = response.headers.get('x-request-id') ?? ''
    const row = this.#stage.rowOf(requestId)
    const { outcome = 'refused', target, costNanoUsd } = row ?? {}
    return {
      requestId,
      route,
      atMs,
      status: response.status,
      whole: outcome === 'ok' && response.status === 200,
      outcome,
      tookMs: this.#clock.elapsedMs() - beganMs,
      ...defined({ target, costNanoUsd }),
    }
  }

  #write(request: ModelRequest): Request {
    const codec = codecFor(request.operation)
    const { body, headers, endpoint } = codec.encodeRequest(request, {
      model: request.model,
      capabilities: {},
      quirks: {},
      notice() {},
      headers: {},
    })
    const { path } = endpoint ?? codec.providerEndpoint(request)
    const at = path.indexOf('?') < 0 ? path.length : path.indexOf('?')
    return new Request(`http://rehearsal${this.#locate(path.slice(0, at)) ?? path}${path.slice(at)}`, {
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        authorization: `Bearer ${this.#stage.key.reveal()}`,
      },
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is asked here is JSON in every dialect
      body: body as string,
    })
  }
}

function codecFor(operation: Operation): Codec {
  const found = DIALECTS.map(({ codecs }: Dialect): Codec | undefined => codecs[operation]).find(
    (codec) => codec !== undefined,
  )
  if (found === undefined) throw new RangeError(`no dialect can ask for ${operation}`)
  return found
}
