import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createAdmin } from './admin/admin.ts'
import { openConfiguration, storeUrlOf, type Configuration } from './boot/configuration.ts'
import { openEngine, type Engine } from './boot/engine.ts'
import { ensureFirstKey, FIRST_KEY_FILE } from './boot/first-key.ts'
import { openFoundation, type Foundation } from './boot/foundation.ts'
import { listenNear } from './boot/listen.ts'

import { createRequestLog, type RequestLog, type RequestSummary } from './boot/request-log.ts'
import { routeSummaries, statusReport } from './boot/status.ts'
import type { FoundProvider } from './config/compile-providers.ts'
import type { Environment } from './config/interpolate.ts'
import { watchConfig, type ConfigWatch } from './config/watch.ts'
import { DIALECTS, dialectMap } from './dialects/all.ts'
import { simulatedModels } from './drills/models/all.ts'
import { simulatedPrice } from './drills/simulated-prices.ts'
import { planKeys } from './gateway/order.ts'
import type { HttpServer } from './kit/http-server.ts'
import { LIMITS } from './kit/limits.ts'
import { probeJson } from './kit/probe-json.ts'
import { Secret } from './kit/secret.ts'
import { watchFile } from './kit/watch-file.ts'
import { identifyCaller } from './policies/request/authenticate.ts'
import { mintKey, parseKey } from './policies/request/virtual-key.ts'
import { findProvider, PROVIDERS } from './providers/all.ts'
import { detectProviders } from './providers/detect.ts'
import { simulated, simulatedCredential } from './providers/simulated.ts'
import { matchesAny } from './routing/model-patterns.ts'
import { createClientDoor } from './server/server.ts'
import type { RequestRow } from './store/store.ts'
import type { LogLevel } from './telemetry/log.ts'

const DEFAULT_PORT = 4100
/** Between the announcement that connections will close and the end of listening. */
const CLOSE_NOTICE_MS = 50

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
  readonly writeLog: (line: string) => void
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
  readonly firstKey: Secret
  readonly warnings: readonly string[]
  /** Calls back with the line of each request that is over. */
  onRequest(listener: (row: RequestRow) => void): void
  /** Looks at the configuration file now. */
  reload(): void
  /** Finishes what is under way within the drain time, then closes everything. */
  close(): Promise<RequestSummary>
}

/** The parts that the doors are opened over. */
interface House {
  readonly options: BootOptions
  readonly foundation: Foundation
  readonly configuration: Configuration
  readonly engine: Engine
  readonly log: RequestLog
  readonly startedAtMs: number
}

/**
 * Builds the house from the ground up and opens its doors. This is the only place that knows all rooms; everything is
 * wired by hand. Rejects with ConfigurationError, DataDirectoryBusy, PortBusy, or what the store refuses.
 */
export async function boot(options: BootOptions): Promise<Gatehouse> {
  const beganMs = performance.now()
  const storeUrl = findStoreUrl(options)
  const foundation = await openFoundation({ ...options, ...(storeUrl === undefined ? {} : { storeUrl }) })
  try {
    const configuration = openConfiguration({
      ...(await compileParts(options, foundation)),
      ...fileOf(options),
    })
    const log = createRequestLog({ ...foundation, store: foundation.store.requests })
    const engine = await openEngine(foundation, {
      directory: options.directory,
      plan: configuration.plan,
      durability: configuration.config.server.durability,
      version: options.version,
      record: log.record,
    })
    const startedAtMs = foundation.clock.nowMs()
    return await openDoors({ options, foundation, configuration, engine, log, startedAtMs }, beganMs)
  } catch (thrown) {
    await foundation.close()
    throw thrown
  }
}

function fileOf({ configFile, directory }: BootOptions): { file?: string; directory: string } {
  return configFile === undefined ? { directory } : { file: configFile, directory }
}

function findStoreUrl({ configFile, environment }: BootOptions): string | undefined {
  if (configFile === undefined) return undefined
  const text = readTextFile(configFile) ?? ''
  return storeUrlOf({ text, environment, readText: readTextFile }, dirname(configFile))
}

async function compileParts(options: BootOptions, { hmac, prices, clock, simulator }: Foundation) {
  const { environment, detect } = options
  const ownOrigins = [`http://127.0.0.1:${options.port ?? DEFAULT_PORT}`]
  const definitions = PROVIDERS.filter((definition) => definition.simulated !== true)
  const detected = detect
    ? await detectProviders({ definitions, environment, probe: probeJson, ownOrigins })
    : []
  const invented: FoundProvider = {
    name: simulated.name,
    from: 'built in',
    secret: simulatedCredential().secret,
    settings: { port: String(simulator.port) },
    models: simulatedModels.map(({ name }) => name),
  }
  return {
    definitions: PROVIDERS,
    dialects: dialectMap(),
    environment,
    found: [...detected, invented],
    priceOf: (provider: string, model: string) =>
      findProvider(provider)?.simulated === true
        ? simulatedPrice(model)
        : prices.priceOf(provider, model, clock.nowMs()),
    hashKey(key: Secret) {
      const parsed = parseKey(key.reveal())
      return parsed === undefined ? undefined : { id: parsed.id, secretHmac: hmac(parsed.secret) }
    },
  }
}

async function openDoors(house: House, beganMs: number): Promise<Gatehouse> {
  const { options, foundation, configuration, engine, log } = house
  const { directory } = options
  const keyFile = join(directory, FIRST_KEY_FILE)
  const firstKey = await ensureFirstKey({
    ...foundation,
    keys: foundation.store.keys,
    readFile: () => readTextFile(keyFile),
    writeFile(text) {
      writeFileSync(keyFile, text, { mode: 0o600 })
      chmodSync(keyFile, 0o600)
    },
    toSecret: (text) => new Secret(text),
  })
  await engine.keys.refresh()
  const data = openDataDoor(house)
  const dataUrl = urlOf(data)
  const watch = watchConfiguration(house)
  const admin = openAdminDoor(house, { dataUrl, isConfigHealthy: () => watch?.healthy ?? true })
  return {
    dataUrl,
    adminUrl: urlOf(admin),
    dataDirectory: directory,
    startedInMs: performance.now() - beganMs,
    ...(options.configFile === undefined ? {} : { configFile: options.configFile }),
    providers: configuration.providers.map(({ name, from, models }) => ({
      name,
      from,
      models: models.length,
    })),
    routes: routeSummaries(configuration.plan),
    firstKey,
    warnings: configuration.warnings,
    onRequest: log.onRecord,
    reload: () => void watch?.reload(),
    async close() {
      watch?.close()
      await drain(data, configuration.config.server.drain, house)
      await admin.stop('now')
      await log.flush()
      await engine.close()
      await foundation.close()
      return log.summary()
    },
  }
}

function openDataDoor({ options, foundation, configuration, engine }: House): HttpServer {
  const { gateway, parts } = engine
  const { server } = configuration.config
  const door = createClientDoor({
    ...foundation,
    gateway,
    dialects: DIALECTS,
    async identify(presented) {
      const plan = gateway.plan()
      const findProject = (name: string) => plan.projects.get(name)
      return identifyCaller({ ...parts, keys: planKeys(plan, parts.storedKeys), findProject }, presented)
    },
    allows: (caller, model) => matchesAny(caller.models, model),
  })
  const chosen = options.port !== undefined || server.port !== DEFAULT_PORT
  return listenNear(
    {
      host: options.host ?? server.host,
      port: options.port ?? server.port,
      handle: (request) => door.handle(request),
      maxBodyBytes: LIMITS.requestBodyBytes,
      onError: (error) => foundation.telemetry.log('error', 'the client door failed', { error }),
    },
    chosen,
  )
}

interface AdminView {
  readonly dataUrl: string
  readonly isConfigHealthy: () => boolean
}

function openAdminDoor(house: House, view: AdminView): HttpServer {
  const { options, foundation, configuration, engine, startedAtMs } = house
  const { clock, random, hmac, registry, telemetry, store } = foundation
  const { server } = configuration.config
  const token = configuration.adminToken
  const admin = createAdmin({
    store,
    plan: () => engine.gateway.plan(),
    report: () =>
      statusReport({
        version: options.version,
        startedAtMs,
        dataUrl: view.dataUrl,
        ...(options.configFile === undefined ? {} : { configFile: options.configFile }),
        configHealthy: view.isConfigHealthy(),
        draining: false,
        storeHealthy: engine.ledger.available,
        inFlight: engine.gateway.inFlight(),
        plan: engine.gateway.plan(),
        setups: configuration.providers,
        health: engine.health,
      }),
    renderMetrics: registry.render,
    mintKey: () => mintKey({ environment: 'live', random, hmac }),
    onKeysChanged: () => void engine.keys.refresh(),
    nowMs: clock.nowMs,
    random,
    host: server.admin_host,
    ...(token === undefined ? {} : { token }),
    onError: (error) => telemetry.log('error', 'the admin door failed', { error }),
  })
  return listenNear(
    {
      host: server.admin_host,
      port: options.adminPort ?? server.admin_port,
      handle: (request) => admin.handle(request),
      maxBodyBytes: LIMITS.adminBodyBytes,
    },
    options.adminPort !== undefined,
  )
}

function watchConfiguration({ options, foundation, configuration, engine }: House): ConfigWatch | undefined {
  const file = options.configFile
  if (file === undefined) return undefined
  return watchConfig(configuration.text, {
    ...foundation,
    file,
    readFile: configuration.readText,
    compile: configuration.compile,
    apply: (plan) => engine.gateway.swap(plan),
    watchFile: (onChange) => watchFile(file, onChange),
  })
}

/**
 * Lets clients leave before the listener closes: every answer says that the connection ends, then no new ones are taken,
 * and what is still running after the drain time is cut.
 */
async function drain(data: HttpServer, drainMs: number, { foundation, engine }: House): Promise<void> {
  const { clock } = foundation
  data.announceClose()
  if (engine.gateway.inFlight() > 0)
    await new Promise<void>((resolve) => clock.after(CLOSE_NOTICE_MS, resolve))
  const cut = clock.after(drainMs, () => void data.stop('now'))
  await data.stop('graceful')
  cut.cancel()
}

function urlOf({ host, port }: HttpServer): string {
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
  return `http://${shown.includes(':') ? `[${shown}]` : shown}:${port}`
}

function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
