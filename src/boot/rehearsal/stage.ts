import { DIALECTS } from '../../dialects/all.ts'
import type { Bill } from '../../drills/bill.ts'
import type { DrillFault } from '../../exchange/drill.ts'
import { mintKey } from '../../exchange/virtual-key.ts'
import { routeNamed, type Plan } from '../../gateway/plan.ts'
import { silent } from '../../kit/clock.ts'
import { createHmacSha256Hex } from '../../kit/hash.ts'
import { createIds } from '../../kit/ids.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createSeededRandom } from '../../kit/random.ts'
import type { Secret } from '../../kit/secret.ts'
import type { VirtualClock } from '../../kit/virtual-clock.ts'
import { UNREAD_FILES } from '../../ledger/unread-files.ts'
import { allowsRoute } from '../../routing/model-patterns.ts'
import { createClientApi, type ClientApi } from '../../server/server.ts'
import { openStore } from '../../store/open-store.ts'
import type { KeyRecord, LedgerRow, LedgerStore, RequestRow } from '../../store/store.ts'
import { createTelemetry } from '../../telemetry/log.ts'
import { createRegistry } from '../../telemetry/registry.ts'
import { openEngine, type Engine } from '../engine.ts'
import { openUpstream } from './upstream.ts'

const SEED = 1
const VERSION = 'rehearsal'
const PAGE = 500
/** A store that was down is asked again within ten seconds; the ledger waits five for it. */
const LONGEST_FLUSH = 4

export interface StageOptions {
  readonly plan: Plan
  readonly clock: VirtualClock
  readonly faults: readonly DrillFault[]
  /** Providers whose models are simulated anyway. */
  readonly simulated: ReadonlySet<string>
  /** Name of the declared key for which is asked; absent: one that may do everything. */
  readonly key?: string
}

/** What was written down while it was played. */
export interface Written {
  readonly ledger: readonly LedgerRow[]
  readonly bill: Bill
  readonly struck: ReadonlySet<string>
}

/** A whole gateway over a plan that reaches nobody: its providers are played, its store, books and counters are thrown away. */
export interface Stage {
  readonly api: ClientApi
  readonly key: Secret
  /** The line of a request that is over. */
  rowOf(requestId: string): RequestRow | undefined
  /** Has everything written, gives it, and leaves nothing behind. */
  close(): Promise<Written>
}

/** Opens the stage. The faults begin now. */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { clock, faults } = options
  const random = createSeededRandom(SEED)
  const ids = createIds(clock, random)
  const hmac = createHmacSha256Hex(VERSION)
  const telemetry = createTelemetry({
    registry: createRegistry(),
    level: 'error',
    nowMs: () => clock.nowMs(),
    // What goes wrong does so on purpose.
    write() {},
  })
  const minted = mintKey({ environment: 'test', random, hmac })
  const plan = withKey(options, minted)
  const upstream = openUpstream({ ...options, dialects: DIALECTS })
  const memory = await openStore({ url: 'memory:', clock })
  const store = { ...memory, ledger: downAtTimes(memory.ledger, { clock, faults }) }
  const rows = new Map<string, RequestRow>()
  // Nobody makes or revokes keys here, and whoever looks again and again makes time pass slowly.
  const ground = { clock, lookClock: silent(clock), random, ids, telemetry, store, hmac, http: upstream.http }
  const engine = await openEngine(ground, {
    directory: 'journal',
    journalFiles: UNREAD_FILES,
    plan,
    durability: 'standard',
    version: VERSION,
    record: (row) => void rows.set(row.id, row),
    contentLayers: () => [],
  })
  return {
    api: openApi(engine, ground),
    key: minted.text,
    rowOf: (id) => rows.get(id),
    async close() {
      for (let look = 0; look < LONGEST_FLUSH && !(await engine.ledger.flush()); look += 1);
      const ledger = await readLedger(memory.ledger)
      await engine.close()
      await memory.close()
      return { ledger, bill: upstream.bill, struck: upstream.struck }
    },
  }
}

function openApi(
  { gateway, parts }: Engine,
  ground: Pick<Parameters<typeof createClientApi>[0], 'clock' | 'ids' | 'telemetry'>,
): ClientApi {
  return createClientApi({
    ...ground,
    gateway,
    dialects: DIALECTS,
    allows(plan, { models }, model) {
      const route = routeNamed(plan, model)
      return route !== undefined && allowsRoute(models, route, model)
    },
    origins: [],
    bodies: { totalBytes: LIMITS.bodiesBytes, addressBytes: LIMITS.bodiesBytes },
    record: parts.record,
  })
}

/** The plan with one key more: the one for which is asked, with what the declared one may do. */
function withKey(
  { plan, key, faults }: StageOptions,
  { id, secretHmac }: Pick<KeyRecord, 'id' | 'secretHmac'>,
): Plan {
  const own = { name: 'drill', allowedOptions: [], limits: {}, budgets: [], createdAtMs: 0 }
  const { name, ...terms } = plan.declaredKeys.find((declared) => declared.name === key) ?? own
  const caps = faults.filter(({ kind }) => kind === 'budget-cap')
  const record: KeyRecord = {
    ...terms,
    name,
    id,
    secretHmac,
    budgets: [...terms.budgets, ...caps.map(({ usd }) => ({ window: 'total' as const, limitNanoUsd: usd }))],
  }
  return { ...plan, declaredKeys: [...plan.declaredKeys, record] }
}

/** A store of the ledger that is down while a fault says so. */
function downAtTimes(
  store: LedgerStore,
  { clock, faults }: Pick<StageOptions, 'clock' | 'faults'>,
): LedgerStore {
  const startMs = clock.elapsedMs()
  const ends = faults.flatMap(({ kind, forMs = Number.POSITIVE_INFINITY }) =>
    kind === 'store-down' ? [forMs] : [],
  )
  const refuse = (): Promise<never> => Promise.reject(new Error('the store is down'))
  const isDown = (): boolean => ends.some((endMs) => clock.elapsedMs() - startMs < endMs)
  return {
    append: (rows) => (isDown() ? refuse() : store.append(rows)),
    spentSince: (owner, fromMs) => (isDown() ? refuse() : store.spentSince(owner, fromMs)),
    list: (query) => (isDown() ? refuse() : store.list(query)),
    askedFor: (requestId, time) => (isDown() ? refuse() : store.askedFor(requestId, time)),
    usage: (query) => (isDown() ? refuse() : store.usage(query)),
  }
}

async function readLedger(store: LedgerStore): Promise<readonly LedgerRow[]> {
  const rows: LedgerRow[] = []
  let page = await store.list({ limit: PAGE })
  rows.push(...page.rows)
  while (page.next !== undefined) {
    page = await store.list({ limit: PAGE, after: page.next })
    rows.push(...page.rows)
  }
  return rows
}
