import { dirname, join } from 'node:path'
import { DIALECTS } from '../dialects/all.ts'
import { openSimulatedProvider, type SimulatedProvider } from '../drills/simulated-provider.ts'
import { ensureDir } from '../kit/append-file.ts'
import { silent, systemClock, type Clock } from '../kit/clock.ts'
import { createHmacSha256Hex } from '../kit/hash.ts'
import { createHttpClient, type HttpClient } from '../kit/http-client.ts'
import { serveHttp } from '../kit/http-server.ts'
import { createIds, type Ids } from '../kit/ids.ts'
import { LIMITS } from '../kit/limits.ts'
import { acquireProcessLock, type ProcessLock } from '../kit/process-lock.ts'
import { systemRandom, type Random } from '../kit/random.ts'
import type { SecretHash } from '../exchange/virtual-key.ts'
import { loadListedFacts, type FactLookup } from '../pricing/listed-facts.ts'
import { loadPriceBook, type PriceBook } from '../pricing/price-book.ts'
import { simulatedCredential } from '../providers/simulated.ts'
import type { Store } from '../store/store.ts'
import { createTelemetry, type LogLevel } from '../telemetry/log.ts'
import { createRegistry, type Registry } from '../telemetry/registry.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { openUsableStore } from './open-usable-store.ts'
import type { World } from './world.ts'

const SQLITE = 'sqlite:'
/** Held for as long as a gateway runs on a data directory. */
export const LOCK_FILE = 'lock'
/** Invented answers are the same for everybody. */
const SIMULATOR_SEED = 1

/** Another process works on this data directory. */
export class DataDirectoryBusy extends Error {
  readonly directory: string

  constructor(directory: string) {
    super(`another gateway is running on the data directory ${directory}`)
    this.name = 'DataDirectoryBusy'
    this.directory = directory
  }
}

export interface FoundationOptions {
  readonly directory: string
  /** Absent: `gatehouse.db` in the data directory. */
  readonly storeUrl?: string
  readonly logLevel: LogLevel
  /** Takes one log line. */
  readonly writeLog: (line: string) => void
  /** Absent: this machine. */
  readonly world?: World
  /** Lines of the log that were lost on their way out. */
  readonly droppedLogLines?: () => number
}

/** What the house stands on: everything that does not depend on the configuration of providers, routes and keys. */
export interface Foundation {
  readonly clock: Clock
  /** By which the house looks again and again at what others may have changed: keys, disk, files, prices. */
  readonly lookClock: Clock
  readonly random: Random
  readonly ids: Ids
  readonly registry: Registry
  readonly telemetry: Telemetry
  readonly store: Store
  /** The directories that things are kept in. */
  readonly directories: readonly string[]
  /** Files there that are open from the start to the end. */
  readonly files: readonly string[]
  readonly hmac: SecretHash
  readonly prices: PriceBook
  readonly listedFacts: FactLookup
  readonly http: HttpClient
  readonly simulator: SimulatedProvider
  close(): Promise<void>
}

/** Opens the foundation. Rejects with DataDirectoryBusy, and with whatever the store or the directory refuse. */
export async function openFoundation(options: FoundationOptions): Promise<Foundation> {
  const { directory } = options
  const { world = {} } = options
  const { clock = systemClock, random = systemRandom, serve = serveHttp } = world
  const registry = createRegistry()
  const telemetry = openTelemetry(options, registry, clock)
  if (!ensureDir(directory))
    telemetry.log('warn', 'the data directory belongs to another user and is open to others', { directory })
  const lock = lockDirectory(directory)
  const url = options.storeUrl ?? `${SQLITE}${join(directory, 'gatehouse.db')}`
  const [store, prices, listedFacts, simulator] = await Promise.all([
    openUsableStore({ url, clock, claim: true, isFilled: world.isPast === true }),
    loadPriceBook(),
    loadListedFacts(),
    openSimulatedProvider({
      host: '127.0.0.1',
      port: 0,
      dialects: DIALECTS,
      clock,
      seed: SIMULATOR_SEED,
      secret: simulatedCredential().secret,
      serve,
      onError: (error) => telemetry.log('error', 'the simulated provider failed', { error }),
    }),
  ]).catch((thrown: unknown) => {
    lock.release()
    throw thrown
  })
  const pepper = await store.settings.setOnce('pepper', Buffer.from(random.bytes(32)).toString('hex'))
  const http = world.http ?? createHttpClient({ clock })
  const storeFiles = url.startsWith(SQLITE) ? [url.slice(SQLITE.length)] : []
  return {
    clock,
    lookClock: world.isPast === true ? silent(clock) : clock,
    random,
    ids: createIds(clock, random),
    registry,
    telemetry,
    store,
    directories: [directory, ...storeFiles.map((file) => dirname(file))],
    files: [join(directory, LOCK_FILE), ...storeFiles],
    hmac: createHmacSha256Hex(pepper),
    prices,
    listedFacts,
    http,
    simulator,
    async close() {
      http.close()
      await simulator.close()
      await store.close()
      lock.release()
    },
  }
}

function openTelemetry(options: FoundationOptions, registry: Registry, clock: Clock): Telemetry {
  const telemetry = createTelemetry({
    registry,
    level: options.logLevel,
    nowMs: () => clock.nowMs(),
    write: options.writeLog,
  })
  telemetry.gauge('gatehouse_log_lines_dropped', options.droppedLogLines ?? (() => 0))
  showLimits(telemetry)
  return telemetry
}

/** Every bound is seen beside what is used of it. */
function showLimits(telemetry: Telemetry): void {
  for (const [name, limit] of Object.entries(LIMITS))
    telemetry.gauge('gatehouse_limit', () => limit, { name })
}

function lockDirectory(directory: string): ProcessLock {
  const lock = acquireProcessLock(join(directory, LOCK_FILE))
  if (lock === undefined) throw new DataDirectoryBusy(directory)
  return lock
}
