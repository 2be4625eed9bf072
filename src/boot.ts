import { dirname, join } from 'node:path'
import type { DemoDesk } from './admin/demo.ts'
import { ADMIN_TOKEN_FILE, ensureAdminToken, type AdminToken } from './boot/admin-token.ts'
import { showBudgets } from './boot/budget-metrics.ts'
import { readEarlySettings, type EarlySettings } from './boot/configuration.ts'
import type { AnswerKeeping } from './boot/caching.ts'
import { openConfigured, type Configured } from './boot/configured.ts'
import {
  listenerWarnings,
  drain,
  openAdminListener,
  openDataListener,
  urlOf,
  type House,
} from './boot/listeners.ts'
import { openAuditFiles } from './boot/audit-files.ts'
import { openAuditing, type Auditing } from './boot/auditing.ts'
import { openAlerting } from './boot/alerting.ts'
import { openEngine, type Engine } from './boot/engine.ts'
import { followDrills, type RunDrill, type RunOutage } from './boot/drill-schedule.ts'
import { ensureFirstKey, FIRST_KEY_FILE, type FirstKey } from './boot/first-key.ts'
import { openExporting } from './boot/exporting.ts'
import { openFoundation, type Foundation } from './boot/foundation.ts'
import { showProcess } from './boot/process-metrics.ts'
import { privateFile } from './boot/private-file.ts'
import { openKeeping, type Keeping } from './boot/keeping.ts'
import { readerBeside, readTextFile } from './boot/read-text.ts'
import { openReleases, type Releases } from './boot/releases.ts'
import type { Configuration } from './boot/configuration.ts'
import { followConfiguration, type Reloading } from './boot/reload.ts'
import type { RequestSummary } from './boot/request-log.ts'
import { routeSummaries } from './boot/status.ts'
import { troublesOf } from './boot/troubles.ts'
import type { World } from './boot/world.ts'
import type { Environment } from './config/interpolate.ts'
import type { ContentLayers } from './gateway/order.ts'
import type { Plan } from './gateway/plan.ts'
import { createVault } from './policies/guard/vault.ts'
import { parseKey } from './exchange/virtual-key.ts'
import { defined } from './kit/defined.ts'
import { Secret } from './kit/secret.ts'
import { UNREAD_FILES } from './ledger/unread-files.ts'
import type { RequestRow } from './store/store.ts'
import type { LogLevel } from './telemetry/log.ts'

const NO_LAYERS: ContentLayers = () => []

export interface BootOptions {
  readonly version: string
  readonly environment: Environment
  /** Data directory; created when it is not there. */
  readonly directory: string
  readonly configFile?: string
  /** What the command line says; it wins over the file. A port given here or in the file must be free. */
  readonly port?: number
  readonly host?: string
  readonly adminPort?: number
  /** Look for providers in the environment and on this machine. */
  readonly detect: boolean
  readonly logLevel: LogLevel
  /** Takes a line of the log; what it throws is lost with the line. */
  readonly writeLog: (line: string) => void
  /** Absent: this machine. */
  readonly world?: World
  /** Layers that read or rewrite what is said; absent: none. */
  readonly contentLayers?: ContentLayers
  /** Lines of the log that were lost on their way out. */
  readonly droppedLogLines?: () => number
  /** What is known of the demo workspace; absent: nothing. */
  readonly demo?: DemoDesk
  /** Runs a drill that is due, in a process of its own; absent: none is run. */
  readonly runDrill?: RunDrill
  /** Rehearses an outage that is asked for, likewise. */
  readonly runOutage?: RunOutage
}

/** The running gateway. */
export interface Gatehouse {
  readonly dataUrl: string
  readonly adminUrl: string
  readonly dataDirectory: string
  readonly startedInMs: number
  readonly configFile?: string
  readonly providers: readonly { readonly name: string; readonly from: string; readonly models: number }[]
  readonly routes: readonly { readonly name: string; readonly targets: readonly string[] }[]
  readonly adminToken: AdminToken
  /** Absent once it was revoked. */
  readonly firstKey?: FirstKey
  readonly warnings: readonly string[]
  /** Calls back with the line of each request that is over. */
  onRequest(listener: (row: RequestRow) => void): void
  /** The plan in force. */
  plan(): Plan
  /** Looks at the configuration file now. */
  reload(): void
  /** Finishes what is under way within the drain time, then closes everything. */
  close(): Promise<RequestSummary>
}

/**
 * Builds the house from the ground up and opens its listeners. This is the only place that knows all rooms; everything is
 * wired by hand. Rejects with ConfigurationError, DataDirectoryBusy, PortBusy, or what the store refuses.
 */
export async function boot(options: BootOptions): Promise<Gatehouse> {
  const beganMs = performance.now()
  const early = readEarly(options)
  const { storeUrl } = early
  const foundation = await openFoundation({ ...options, ...defined({ storeUrl }) })
  showProcess(foundation.telemetry, foundation.clock, options.version)
  try {
    const configured = await openConfigured(
      { ...options, ...defined({ portOfFile: early.port }) },
      foundation,
    )
    const { configuration } = configured
    const keeping = await openKeeping(foundation, configuration.config, options.directory)
    const exporting = openExporting(foundation, configuration, options.version)
    const engine = await openEngine(foundation, {
      directory: options.directory,
      plan: configuration.plan,
      durability: configuration.config.server.durability,
      version: options.version,
      record: keeping.log.record,
      keepContent: keeping.content.keep,
      ...exporting.engine,
      isPaused: () => keeping.log.isPaused,
      ...answerKeeping(early, configured, keeping),
      contentLayers: options.contentLayers ?? NO_LAYERS,
      vault: createVault({ ...foundation, ...configured, store: foundation.store.vault }),
      ...defined({
        storing: keeping.storing,
        journalFiles: options.world?.isPast === true ? UNREAD_FILES : undefined,
      }),
    })
    const firstKey = await readFirstKey(options.directory, foundation)
    const adminToken = adminTokenOf(options, configuration, foundation)
    await engine.keys.refresh()
    keeping.removeOld(engine.ledger, () => engine.gateway.plan().content)
    const auditing = await openAuditingOf(foundation, options, firstKey)
    const { reloading, releases } = await followVersions(foundation, options, {
      configured,
      engine,
      audit: auditing,
    })
    const drills = followDrillsOf(foundation, options, engine)
    const alerts = await openAlerting(foundation, engine, (outbox) => ({
      troubles: troublesOf({ ...engine, ...keeping, sinks: exporting.sinks, outbox }),
      configHealthy: reloading.healthy,
    }))
    const startedAtMs = foundation.clock.nowMs()
    const running = { engine, keeping, exporting, reloading, releases, drills, alerts, auditing }
    const house = { options, foundation, ...configured, ...running, startedAtMs }
    return openHouse(house, { beganMs, adminToken, firstKey })
  } catch (thrown) {
    await foundation.close()
    throw thrown
  }
}

interface Following {
  readonly configured: Configured
  readonly engine: Engine
  readonly audit: Auditing
}

async function followVersions(
  foundation: Foundation,
  options: BootOptions,
  { configured, engine, audit }: Following,
): Promise<{ readonly reloading: Reloading; readonly releases: Releases }> {
  const { configuration } = configured
  const { swap } = engine.gateway
  const { health } = engine
  const reloading = followConfiguration({ ...foundation, ...options, configuration, swap, health, audit })
  const releases = await openReleases({
    ...foundation,
    ...options,
    ...configured,
    ...engine,
    reloading,
    audit,
  })
  return { reloading, releases }
}

async function openAuditingOf(
  foundation: Foundation,
  { directory, version }: BootOptions,
  firstKey: FirstKey | undefined,
): Promise<Auditing> {
  const files = openAuditFiles(directory, foundation.random)
  const auditing = await openAuditing({ ...foundation, files, mintId: () => foundation.ids.mint('act') })
  auditing.tell({ actor: 'process', act: 'start', outcome: 'done', summary: `version ${version}` })
  const made = firstKey?.from === 'made' ? parseKey(firstKey.secret.reveal()) : undefined
  if (made !== undefined)
    auditing.tell({ actor: 'process', act: 'first key made', subject: `key:${made.id}`, outcome: 'done' })
  return auditing
}

function adminTokenOf(
  { directory }: BootOptions,
  { adminToken: configured }: Pick<Configuration, 'adminToken'>,
  { random }: Foundation,
): AdminToken {
  return ensureAdminToken({ configured, random, ...privateFile(join(directory, ADMIN_TOKEN_FILE)) })
}

function followDrillsOf(
  foundation: Foundation,
  options: BootOptions,
  { gateway }: Engine,
): ReturnType<typeof followDrills> {
  return followDrills({
    ...foundation,
    ...defined({ run: options.runDrill, runOutage: options.runOutage }),
    drills: () => gateway.plan().drills?.values() ?? [],
  })
}

/** A store in memory would hold every answer a second time. */
function answerKeeping(
  { storeUrl }: EarlySettings,
  { configuration, seals }: Configured,
  { log }: Keeping,
): { readonly answerKeeping?: AnswerKeeping } {
  const { disk } = configuration.config.cache
  if (disk === false || storeUrl === 'memory:') return {}
  const { sealBytes: seal, openBytes: open } = seals
  return { answerKeeping: { seals: { seal, open }, diskBytes: disk, isPaused: () => log.isPaused } }
}

function readEarly({ configFile, environment }: BootOptions): EarlySettings {
  if (configFile === undefined) return {}
  const text = readTextFile(configFile) ?? ''
  return readEarlySettings({ text, environment, readText: readerBeside(configFile) }, dirname(configFile))
}

function readFirstKey(directory: string, foundation: Foundation): Promise<FirstKey | undefined> {
  return ensureFirstKey({
    ...foundation,
    keys: foundation.store.keys,
    ...privateFile(join(directory, FIRST_KEY_FILE)),
    toSecret: (text) => new Secret(text),
  })
}

interface Opening {
  readonly beganMs: number
  readonly adminToken: AdminToken
  readonly firstKey: FirstKey | undefined
}

function openHouse(house: House & { readonly options: BootOptions }, opening: Opening): Gatehouse {
  const { options, foundation, configuration, engine, keeping, reloading } = house
  const { log } = keeping
  const { beganMs, adminToken, firstKey } = opening
  let isDraining = false
  const { gateway, parts, ledger } = engine
  const budgets = showBudgets({ ...foundation, ledger, counters: parts.counters, plan: () => gateway.plan() })
  const data = openDataListener(house)
  const dataUrl = urlOf(data.listener)
  const admin = openAdminListener(house, {
    token: adminToken.secret,
    dataUrl,
    isDraining: () => isDraining,
  })
  return {
    dataUrl,
    adminUrl: urlOf(admin.listener),
    adminToken,
    dataDirectory: options.directory,
    startedInMs: performance.now() - beganMs,
    ...defined({ configFile: options.configFile }),
    providers: configuration.providers.map(({ name, from, models }) => ({
      name,
      from,
      models: models.length,
    })),
    routes: routeSummaries(configuration.plan),
    ...defined({ firstKey }),
    warnings: [
      ...house.kept.warnings,
      ...configuration.warnings,
      ...listenerWarnings(house, data.listener, admin.listener),
    ],
    onRequest: log.onRecord,
    plan: gateway.plan,
    reload: () => reloading.reload(),
    async close() {
      isDraining = true
      const told = admin.endStreams()
      house.drills.close()
      budgets.close()
      reloading.close()
      await house.releases.close()
      keeping.close()
      await drain(data, configuration.config.server.drain, house)
      await told
      await house.alerts.alerting.close()
      await admin.listener.stop('now')
      await keeping.content.close()
      await log.flush()
      await house.exporting.close()
      await engine.close()
      house.auditing.tell({ actor: 'process', act: 'stop', outcome: 'done' })
      await house.auditing.close()
      await foundation.close()
      return log.summary()
    },
  }
}
