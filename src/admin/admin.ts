import { z } from 'zod'
import type { Alerting } from '../alerts/alerting.ts'
import type { Outbox } from '../alerts/outbox.ts'
import type { AlertSources } from '../alerts/sources.ts'
import type { AlertWords } from '../config/alert-words.ts'
import type { AlertPlan } from '../exchange/alert.ts'
import type { CanaryBoard } from '../experiments/canary-board.ts'
import { Failure } from '../exchange/failure.ts'
import type { LoadView } from '../exchange/load-view.ts'
import type { Plan } from '../gateway/plan.ts'
import type { Clock } from '../kit/clock.ts'
import type { Peer } from '../kit/http-server.ts'
import { parseJson, type Json } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { readTarget } from '../kit/request-target.ts'
import type { Random } from '../kit/random.ts'
import type { Secret } from '../kit/secret.ts'
import type { MintedKey } from '../exchange/virtual-key.ts'
import type { Gates } from '../routing/gates.ts'
import type { HealthBoard } from '../routing/health.ts'
import type { PromptPrefixes } from '../routing/prompt-prefixes.ts'
import type { Store } from '../store/store.ts'
import type { BudgetView } from '../ledger/budget-view.ts'
import type { Registry } from '../telemetry/registry.ts'
import type { SinkState } from '../telemetry/sinks/sink.ts'
import { auditRoutes } from './audit.ts'
import type { AuditDesk } from './audit-desk.ts'
import { audited } from './audited.ts'
import { mayComeAgain, type AdminCall, type AdminRoute } from './admin-route.ts'
import { alertChannelRoutes } from './alert-channels.ts'
import { alertPreviewRoutes } from './alert-preview.ts'
import { alertRoutes } from './alerts.ts'
import { cachingRoutes, type CachingNeeds } from './caching.ts'
import { canaryRoutes } from './canaries.ts'
import { configuringRoutes } from './configuring.ts'
import { connectRoutes } from './connect.ts'
import type { ContentRoutesNeeds } from './content.ts'
import { dashboardRoutes, type ReadDashboard } from './dashboard.ts'
import { demoRoutes, type DemoDesk } from './demo.ts'
import { drillRoutes, type DrillDesk } from './drills.ts'
import { createEventStreams } from './event-stream.ts'
import { eventRoutes } from './events.ts'
import { explainRoutes, type ExplainRoutesNeeds } from './explain.ts'
import { createGuard, type Guard } from './guard.ts'
import { healthRoutes } from './health.ts'
import { accessRoutes } from './access.ts'
import { lookingBackRoutes } from './looking-back.ts'
import { moneyRoutes, type MoneyNeeds } from './money.ts'
import { openApiDocument } from './openapi.ts'
import { tagged } from './etags.ts'
import { createRepeats, type Repeats } from './repeats.ts'
import { overviewRoutes } from './overview.ts'
import { playgroundRoutes, type PlaygroundNeeds } from './playground.ts'
import { AdminProblem, jsonResponse, problemResponse } from './problem.ts'
import { findRoute, notAllowed, nothingAt } from './find-route.ts'
import { guardrailRoutes, type GuardrailNeeds } from './guardrails.ts'
import { promptRoutes } from './prompts.ts'
import { providerKeyRoutes, type ProviderKeyNeeds } from './provider-keys.ts'
import type { ReleaseDesk } from './release-desk.ts'
import { routeRoutes } from './routes.ts'
import { seriesRoutes } from './series.ts'
import { shadowRoutes } from './shadows.ts'
import { sinkRoutes } from './sinks.ts'
import type { SecretDesk } from './stored-secrets.ts'
import { startRoutes, type ConnectableProvider } from './start.ts'
import { statusPageRoute } from './status-page.ts'
import type { StatusReport } from './status-report.ts'
import { targetRoutes } from './target-routes.ts'
import { openWhatIf, whatIfRoutes } from './what-if.ts'

export interface AdminNeeds {
  readonly store: Pick<
    Store,
    | 'alerts'
    | 'contents'
    | 'feedback'
    | 'keys'
    | 'ledger'
    | 'requests'
    | 'series'
    | 'settings'
    | 'shadows'
    | 'spend'
    | 'topUps'
  >
  readonly canaries: CanaryBoard
  readonly similar: CachingNeeds['similar']
  /** Who reads or removes what was said leaves a line here. */
  readonly log: ContentRoutesNeeds['log']
  /** Where what operators do is taken down. */
  readonly audit: AuditDesk
  readonly flushContent: ContentRoutesNeeds['flushContent']
  /** The cache of answers. */
  readonly cached: CachingNeeds['cached']
  readonly answersOnDisk: boolean
  readonly drills: DrillDesk
  /** Absent: this gateway knows of no demo workspace. */
  readonly demo?: DemoDesk | undefined
  readonly releases: ReleaseDesk
  readonly secrets: SecretDesk
  readonly alerts: AlertNeeds
  readonly loads: LoadView
  readonly health: Pick<HealthBoard, 'entries'>
  readonly gates: Pick<Gates, 'entries'>
  readonly budgets: BudgetView
  readonly onTopUps: MoneyNeeds['onTopUps']
  readonly newId: () => string
  readonly prompts: PromptPrefixes
  readonly createPlaceholders: GuardrailNeeds['createPlaceholders']
  /** Masked values that guardrails remember; absent: none are. */
  readonly masked?: ContentRoutesNeeds['masked']
  readonly checking: GuardrailNeeds['checking']
  /** Where telemetry is sent. */
  readonly sinks: readonly SinkState[]
  readonly explaining: Pick<ExplainRoutesNeeds, 'dialects' | 'compileDraft' | 'usesOf' | 'momentFor'>
  /** Providers that are found by a variable of the environment. */
  readonly connectable: readonly ConnectableProvider[]
  /** Providers whose keys can be tried, and how that is done. */
  readonly keyTrials: ProviderKeyNeeds
  /** How the operator asks models from a screen. */
  readonly playground: Pick<PlaygroundNeeds, 'enterAs' | 'inFlight' | 'written'>
  /** The plan in force. */
  readonly plan: () => Plan
  readonly report: () => StatusReport
  readonly metrics: Registry['read']
  readonly readDashboard: ReadDashboard
  /** Mints a key under the installation's pepper: a new one, or a new secret of one. */
  readonly mintKey: (id?: string) => MintedKey
  /** When the secret before the one of a key was used last, as far as this process knows. */
  readonly earlierUsedAtMs: (id: string) => number | undefined
  /** Called after keys were created or revoked here. */
  readonly onKeysChanged: () => void
  /** Refuses a key in this process from now on, before the store is told. */
  readonly refuseKey: (id: string, atMs: number) => void
  readonly clock: Clock
  readonly random: Random
  /** Address that the listener binds to. */
  readonly host: string
  readonly token: Secret
  /** Told about defects; the client gets a problem document without details. */
  readonly onError: (error: unknown) => void
}

/** What rings, and what rules can speak of. */
export interface AlertNeeds {
  readonly alerting: Alerting
  readonly outbox: Outbox
  readonly plan: () => AlertPlan
  readonly sources: Pick<AlertSources, 'measures'>
  readonly words: AlertWords
}

/** The admin listener: health, metrics, admin API, dashboard, status page. */
export interface Admin {
  /** Answers one request. Never rejects. */
  handle(request: Request, peer: Peer): Promise<Response>
  /** Ends the streams of events, and lets no further ones begin. */
  endStreams(): Promise<void>
  /** All routes but the files of the dashboard, for the OpenAPI document and tests. */
  readonly routes: readonly AdminRoute[]
}

/** Creates the admin listener's handler. */
export function createAdmin(needs: AdminNeeds): Admin {
  const { store, clock } = needs
  const { nowMs } = clock
  const guard = createGuard(needs)
  const repeats = createRepeats(needs)
  const streams = createEventStreams(needs)
  const whatIf = openWhatIf({ store, plan: needs.plan, clock })
  const listed: AdminRoute[] = [
    ...healthRoutes({ ...needs, nowMs }),
    ...auditRoutes({ ...needs, nowMs }),
    ...accessRoutes({ ...needs, keys: store.keys, mint: needs.mintKey }),
    ...moneyRoutes({ ...needs, ...store, nowMs }),
    ...lookingBackRoutes({
      ...needs,
      nowMs,
      curl: () => ({ dialects: needs.explaining.dialects, dataUrl: needs.report().dataUrl }),
    }),
    ...eventRoutes({ ...needs, ...needs.alerts, ...store, streams }),
    ...routeRoutes({ ...needs, series: store.series, nowMs }),
    ...seriesRoutes({ ...store, nowMs }),
    ...explainRoutes({ ...needs.explaining, plan: needs.plan, keys: store.keys, clock }),
    ...whatIfRoutes({ ...needs.explaining, whatIf }),
    ...configuringRoutes({ ...needs, whatIf }),
    ...cachingRoutes(needs),
    ...canaryRoutes(needs),
    ...connectRoutes({ ...needs, ...store, dataUrl: () => needs.report().dataUrl }),
    ...ringingRoutes(needs),
    ...drillRoutes({ ...needs, nowMs, settings: store.settings }),
    ...targetRoutes({ ...needs, series: store.series, nowMs }),
    ...demoRoutes(needs),
    ...guardrailRoutes({ ...needs, requests: store.requests, nowMs }),
    ...overviewRoutes({ ...needs, ...store, nowMs }),
    ...playgroundRoutes({
      ...needs,
      ...needs.playground,
      keys: store.keys,
      dataUrl: () => needs.report().dataUrl,
    }),
    ...promptRoutes(needs),
    ...providerKeyRoutes(needs.keyTrials),
    ...shadowRoutes({ ...store, nowMs }),
    ...sinkRoutes(needs),
    ...startRoutes(needs),
  ]
  const openApi: AdminRoute = {
    method: 'GET',
    path: '/openapi.json',
    summary: 'This document.',
    answer: { status: 200, schema: z.record(z.string(), z.unknown()) },
    handle: () => jsonResponse(openApiDocument(routes, needs.report().version)),
  }
  const routes: readonly AdminRoute[] = [statusPageRoute({ ...needs, nowMs }), ...listed, openApi]
  const all = [...routes, ...dashboardRoutes(needs.readDashboard)]

  return {
    routes,
    endStreams: () => streams.end(),
    handle: (request, peer) => answer(request, peer, { ...needs, guard, repeats, routes, all }),
  }
}

/** What a request is answered by. */
interface Answering extends Pick<AdminNeeds, 'report' | 'onError' | 'audit' | 'clock'> {
  readonly guard: Guard
  readonly repeats: Repeats
  /** Those that are offered where none is at a path. */
  readonly routes: readonly AdminRoute[]
  readonly all: readonly AdminRoute[]
}

async function answer(request: Request, peer: Peer, answering: Answering): Promise<Response> {
  const { guard, repeats, routes, all, report, onError, audit, clock } = answering
  try {
    const { path, search } = readTarget(request.url)
    const found = findRoute(all, request.method, path) ?? nothingAt(path, routes, report().dataUrl)
    const { route, params } = found
    await guard(request, peer, route.open === true)
    if (request.method === 'HEAD' && route.events !== undefined) throw notAllowed(path, 'GET')
    const { headers } = request
    const takesBody = route.method === 'POST' || route.method === 'PUT'
    const body = takesBody ? await readBody(request, route.maxBodyBytes) : null
    const call: AdminCall = { params, query: new URLSearchParams(search), headers, peer, body }
    const act = (): Promise<Response> =>
      audited(
        { route, call },
        { audit, nowMs: clock.nowMs, statusOf: (thrown) => problemResponse(toProblem(thrown)).status },
        async () => await route.handle(call),
      )
    if (route.method === 'GET') return await tagged(await act(), headers)
    if (!mayComeAgain(route)) return await act()
    return await repeats({ target: `${route.method} ${path}${search ?? ''}`, headers, body }, act)
  } catch (thrown) {
    const problem = toProblem(thrown)
    if (problem.code === 'internal') onError(thrown)
    if (problem.code === 'store-failing') onError(problem.facts.cause)
    return problemResponse(problem)
  }
}

function ringingRoutes(needs: AdminNeeds): readonly AdminRoute[] {
  const { alerts, plan, clock } = needs
  return [
    ...alertRoutes({ ...needs, nowMs: clock.nowMs }),
    ...alertChannelRoutes(needs),
    ...alertPreviewRoutes({ ...alerts.sources, words: alerts.words, plan, clock }),
  ]
}

/** The store refuses a page that it did not make with the words of the house; anything else is a defect. */
function toProblem(thrown: unknown): AdminProblem {
  if (thrown instanceof AdminProblem) return thrown
  if (!(thrown instanceof Failure) || thrown.code !== 'invalid-request') return new AdminProblem('internal')
  return new AdminProblem('invalid-request', { detail: thrown.message })
}

/** The JSON body. Browsers ask before they send this media type to another origin, which is why nothing else is taken. */
async function readBody(request: Request, maxBytes = LIMITS.adminBodyBytes): Promise<Json> {
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/json') throw new AdminProblem('media-type')
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > maxBytes) throw new AdminProblem('body-too-large')
  const text = await request.text()
  if (text.length > maxBytes) throw new AdminProblem('body-too-large')
  try {
    return parseJson(text)
  } catch {
    throw new AdminProblem('invalid-request', { detail: 'The body is not valid JSON.' })
  }
}
