import { routeNamed } from '../gateway/plan.ts'
import { createAdmin } from '../admin/admin.ts'
import type { ProviderKeyNeeds } from '../admin/provider-keys.ts'
import type { DemoDesk } from '../admin/demo.ts'
import type { SecretDesk } from '../admin/stored-secrets.ts'
import { dialectMap, DIALECTS } from '../dialects/all.ts'
import type { HttpServer } from '../kit/http-server.ts'
import { holdSpare, openDescriptors } from '../kit/descriptors.ts'
import { PROVIDERS } from '../providers/all.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import { tryKey } from '../providers/try-key.ts'
import { memoryBytes } from '../kit/memory.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Secret } from '../kit/secret.ts'
import { mintKey } from '../exchange/virtual-key.ts'
import { allowsRoute } from '../routing/model-patterns.ts'
import type { BodyLimits } from '../server/body-budget.ts'
import type { FeedbackDesk } from '../server/feedback.ts'
import { createClientApi } from '../server/server.ts'
import type { FeedbackStore } from '../store/feedback.ts'
import type { Auditing } from './auditing.ts'
import type { RunningAlerts } from './alerting.ts'
import { ALERT_WORDS } from './alert-words.ts'
import type { Configuration } from './configuration.ts'
import type { DrillSchedule } from './drill-schedule.ts'
import type { Engine } from './engine.ts'
import { explainingParts } from './explaining.ts'
import type { Exporting } from './exporting.ts'
import type { Foundation } from './foundation.ts'
import { guardConnections, leastFree } from './guard-connections.ts'
import { DEFAULT_PORT, listenNear } from './listen.ts'
import { readDashboard } from './read-dashboard.ts'
import type { KeptRelease } from './kept-release.ts'
import type { Releases } from './releases.ts'
import type { Reloading } from './reload.ts'
import type { Keeping } from './keeping.ts'
import type { SecretKeeping } from './stored-secrets.ts'
import { statusReport } from './status.ts'
import { troublesOf } from './troubles.ts'
import { defined } from '../kit/defined.ts'
import type { World } from './world.ts'

const DEFAULT_ADMIN_PORT = 4101
/** For telling clients that their answers end here. */
const LAST_WORDS_MS = 1_000
/** Between the announcement that connections will close and the end of listening. */
const CLOSE_NOTICE_MS = 50

/** What the command line says of the listeners; it wins over the file. */
export interface ListenerOptions {
  readonly version: string
  readonly configFile?: string
  readonly host?: string
  /** Given here or in the file, it must be free. */
  readonly port?: number
  readonly adminPort?: number
  readonly world?: Pick<World, 'serve'>
  /** Absent: there is no demo workspace here. */
  readonly demo?: DemoDesk
}

/** The parts that the listeners are opened over. */
export interface House {
  readonly options: ListenerOptions
  readonly foundation: Foundation
  readonly configuration: Configuration
  readonly engine: Engine
  readonly keeping: Keeping
  readonly exporting: Pick<Exporting, 'sinks' | 'close'>
  readonly reloading: Reloading
  readonly releases: Releases
  readonly secrets: SecretKeeping
  readonly kept: KeptRelease
  readonly alerts: RunningAlerts
  readonly drills: DrillSchedule
  readonly auditing: Auditing
  readonly startedAtMs: number
}

/** The client API and the listener that it is served at. */
export interface DataListener {
  readonly listener: HttpServer
  /** From now on new requests are refused with `shutting-down`. */
  refuse(): void
}

/** Says so when a default port was taken and the listener is at another. */
function warnIfMoved({ port }: HttpServer, wanted: number): string[] {
  if (wanted === 0 || port === wanted) return []
  return [`Port ${wanted} is taken by another program; ${port} is used instead.`]
}

/** What the operator should know about where the listeners stand. */
export function listenerWarnings(
  { options, configuration }: House,
  data: HttpServer,
  admin: HttpServer,
): string[] {
  const { port, admin_port: adminPort } = configuration.config.server
  return [...warnIfMoved(data, options.port ?? port), ...warnIfMoved(admin, options.adminPort ?? adminPort)]
}

/** Of the memory of the machine, or of what the process may take of it, that bodies of requests may hold. */
const BODIES_SHARE = 0.25

/** What bodies may hold: clients at one address half of what all may, so that nobody can shut others out. */
function bodyLimits(memory: number): BodyLimits {
  const totalBytes = Math.max(
    2 * LIMITS.requestBodyBytes,
    Math.min(LIMITS.bodiesBytes, memory * BODIES_SHARE),
  )
  return { totalBytes, addressBytes: totalBytes / 2 }
}

/** An application may say what it thinks of an answer before its line is in the store: then the line is waited for. */
function feedbackDesk(feedback: FeedbackStore, log: Pick<Keeping['log'], 'flush'>): FeedbackDesk {
  return {
    async give(row) {
      const added = await feedback.add(row)
      if (added !== 'unknown') return added
      await log.flush()
      return feedback.add(row)
    },
  }
}

/** Opens the listener for applications. Throws PortBusy. */
export function openDataListener({
  options,
  foundation,
  configuration,
  engine,
  keeping,
}: House): DataListener {
  const { gateway, parts } = engine
  const { server } = configuration.config
  const api = createClientApi({
    ...foundation,
    gateway,
    dialects: DIALECTS,
    allows(plan, { models }, model) {
      const route = routeNamed(plan, model)
      return route !== undefined && allowsRoute(models, route, model)
    },
    origins: server.origins,
    bodies: bodyLimits(memoryBytes()),
    record: parts.record,
    repeats: { replies: foundation.store.replies, hmac: foundation.hmac, random: foundation.random },
    feedback: feedbackDesk(foundation.store.feedback, keeping.log),
  })
  const chosen = options.port !== undefined || server.port !== DEFAULT_PORT
  const listener = listenNear(
    {
      host: options.host ?? server.host,
      port: options.port ?? server.port,
      handle: (request, peer) => api.handle(request, peer),
      // The client API bounds bodies itself: the runtime would refuse them without a word in the client's dialect.
      maxBodyBytes: Number.MAX_SAFE_INTEGER,
      idleMs: LIMITS.clientIdleMs,
      onError: (error) => foundation.telemetry.log('error', 'the client API failed', { error }),
    },
    chosen,
    options.world?.serve,
  )
  const release = keepConnectionsBelow(listener, foundation)
  return {
    listener,
    refuse() {
      release()
      api.drain()
    },
  }
}

function keepConnectionsBelow(listener: HttpServer, { lookClock, telemetry }: Foundation): () => void {
  const descriptors = openDescriptors()
  const { most = 0 } = descriptors
  const least = leastFree(descriptors)
  telemetry.gauge('gatehouse_descriptors_free', () => Math.min(descriptors.free(), Number.MAX_SAFE_INTEGER))
  telemetry.gauge('gatehouse_descriptors_most', () => most)
  const spare = holdSpare(Math.floor(Math.min(least, LIMITS.spareDescriptors) / 2))
  return guardConnections({ descriptors, spare, least, listener, clock: lookClock, telemetry })
}

/** What the admin API tells about the rest of the house, and whom. */
export interface AdminView {
  readonly token: Secret
  readonly dataUrl: string
  readonly isDraining: () => boolean
}

/** The admin API and the listener that it is served at. */
export interface AdminListener {
  readonly listener: HttpServer
  /** Ends the streams of events: the gateway is about to close. */
  endStreams(): Promise<void>
}

/** Opens the listener for operators. Throws PortBusy. */
export function openAdminListener(house: House, view: AdminView): AdminListener {
  const { options, foundation, configuration, engine } = house
  const { clock, random, registry, telemetry, store } = foundation
  const { server } = configuration.config
  const admin = createAdmin({
    store,
    canaries: engine.canaries,
    ...keptIn(engine),
    log: (level, message, fields) => telemetry.log(level, message, fields),
    audit: house.auditing,
    flushContent: house.keeping.content.flush,
    prompts: engine.parts.prompts,
    createPlaceholders: engine.parts.createPlaceholders,
    checking: { ...engine.gateway, telemetry },
    explaining: explainingParts(engine, (text) =>
      configuration.compileDraft(text, house.reloading.inForce.texts.managed),
    ),
    drills: house.drills,
    demo: options.demo,
    releases: house.releases,
    secrets: secretDesk(house),
    sinks: house.exporting.sinks,
    alerts: { ...house.alerts, words: ALERT_WORDS },
    loads: engine.parts.loads,
    health: engine.health,
    budgets: engine.budgetView,
    onTopUps: engine.topUps.changed,
    newId: () => foundation.ids.mint('top'),
    gates: engine.parts.gates,
    connectable: PROVIDERS.flatMap(connectable),
    keyTrials: keyTrials(house),
    playground: playgroundParts(house),
    plan: () => engine.gateway.plan(),
    report: () => reportOf(house, view),
    metrics: registry.read,
    readDashboard,
    ...keyParts(house),
    random,
    clock,
    host: server.admin_host,
    token: view.token,
    onError: (error) => telemetry.log('error', 'the admin API failed', { error }),
  })
  const listener = listenNear(
    {
      host: server.admin_host,
      port: options.adminPort ?? server.admin_port,
      handle: (request, peer) => admin.handle(request, peer),
      maxBodyBytes: LIMITS.explainBodyBytes,
      idleMs: LIMITS.clientIdleMs,
    },
    options.adminPort !== undefined || server.admin_port !== DEFAULT_ADMIN_PORT,
    options.world?.serve,
  )
  return { listener, endStreams: admin.endStreams }
}

/** What is kept of questions, answers and masked values. */
function keptIn({ parts, answersOnDisk }: Engine) {
  return { similar: parts.similar, cached: parts.caching.answers, answersOnDisk, masked: parts.vault }
}

function keyParts({ engine: { keys }, foundation: { random, hmac } }: House) {
  return {
    mintKey: (id?: string) => mintKey({ environment: 'live', random, hmac, id }),
    earlierUsedAtMs: keys.earlierUses.usedAtMs,
    onKeysChanged: () => void keys.refresh(),
    refuseKey: keys.revoke,
  }
}

/** A secret is in force as soon as it is stored. */
function secretDesk({ secrets, reloading }: House): SecretDesk {
  return {
    names: secrets.names,
    remove: secrets.remove,
    async set(name, text) {
      const isKept = await secrets.set(name, text)
      if (isKept) reloading.refresh()
      return isKept
    },
  }
}

/** A provider that one variable of the environment is enough for. */
function connectable({ name, title, keyVariables: [variable], settings = [] }: ProviderDefinition) {
  return variable === undefined ? [] : [{ name, title, variable, settings }]
}

function keyTrials({ foundation: { http } }: House): ProviderKeyNeeds {
  const needs = { http, dialects: dialectMap() }
  return { definitions: PROVIDERS, tryKey: (trial) => tryKey(trial, needs) }
}

function playgroundParts({ engine: { gateway, ledger }, keeping }: House) {
  return {
    enterAs: gateway.enterAs,
    inFlight: () => gateway.inFlight(),
    written: () => Promise.all([keeping.log.flush(), ledger.flush()]),
  }
}

function reportOf(house: House, view: AdminView) {
  const { options, engine, keeping, reloading, exporting, alerts, startedAtMs } = house
  const { version, drifted, compiled } = house.releases.now()
  return statusReport({
    version: options.version,
    startedAtMs,
    dataUrl: view.dataUrl,
    ...defined({ configFile: options.configFile }),
    configHealthy: reloading.healthy,
    ...defined({ configVersion: version?.number, configTried: house.releases.trial()?.version.number }),
    configDrifted: drifted,
    managedLeftOut: compiled.leftOut !== undefined,
    draining: view.isDraining(),
    troubles: troublesOf({ ...engine, ...keeping, sinks: exporting.sinks, outbox: alerts.outbox }),
    inFlight: engine.gateway.inFlight(),
    plan: engine.gateway.plan(),
    setups: reloading.providers,
    health: engine.health,
  })
}

/**
 * Lets clients leave before the listener closes: every answer says that the connection ends, then no new requests are
 * taken, and what is still running after the drain time is cut short: clients are told, and then disconnected.
 */
export async function drain(
  data: DataListener,
  drainMs: number,
  { foundation, engine }: House,
): Promise<void> {
  const { clock } = foundation
  const { listener } = data
  listener.announceClose()
  if (engine.gateway.inFlight() > 0)
    await new Promise<void>((resolve) => clock.after(CLOSE_NOTICE_MS, resolve))
  data.refuse()
  let cut = clock.after(drainMs, () => {
    engine.cut()
    cut = clock.after(LAST_WORDS_MS, () => void listener.stop('now'))
  })
  await listener.stop('graceful')
  cut.cancel()
}

/** The address of a listener as somebody on this machine writes it. */
export function urlOf({ host, port }: HttpServer): string {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}
