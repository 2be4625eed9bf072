import type { AlertChannel, AlertPlan, AlertRule } from '../exchange/alert.ts'
import type { Clock } from '../kit/clock.ts'
import { createIds } from '../kit/ids.ts'
import { createSeededRandom } from '../kit/random.ts'
import { Secret } from '../kit/secret.ts'
import type { AlertDeliveryRow } from '../store/alerts.ts'
import type { AlertStore } from '../store/store.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import { Alerting } from './alerting.ts'
import { Outbox } from './outbox.ts'
import type { Outcome } from './outcome.ts'
import type { AlertSources, MeasureSource, WatchedTrouble } from './sources.ts'

/** Measures of which nothing is known. */
const NO_MEASURES: MeasureSource = {
  read: () => Promise.resolve({ series: [] }),
  valueOf: () => undefined,
  countOf: () => 0,
  unitOf: () => 'count',
}

/** A channel that is told everything at once. */
export function testChannel(name: string, more: Partial<AlertChannel> = {}): AlertChannel {
  return {
    name,
    address: { type: 'webhook', url: new Secret('https://hooks.example/') },
    isPrivate: false,
    tellsResolved: true,
    ...more,
  }
}

/** A rule over troubles, which tests make. */
export function testRule(name: string, more: Partial<AlertRule> = {}): AlertRule {
  return {
    name,
    kind: 'trouble',
    severity: 'warning',
    to: ['ops'],
    forMs: 0,
    resolveAfterMs: 0,
    watch: { on: 'trouble' },
    ...more,
  }
}

export interface TestAlertingOptions {
  readonly store: AlertStore
  readonly clock: Clock
  readonly rules?: readonly AlertRule[]
  readonly channels?: readonly AlertChannel[]
  /** What becomes of a message; default: it is delivered. */
  readonly send?: (delivery: AlertDeliveryRow) => Promise<Outcome>
  readonly seed?: number
}

/** Alerting over a store, with troubles that are put in and messages that can be read. */
export function createTestAlerting(options: TestAlertingOptions) {
  const { store, clock, rules = [], channels = [testChannel('ops')], send, seed = 1 } = options
  const plan: AlertPlan = {
    rules: new Map(rules.map((rule) => [rule.name, rule])),
    channels: new Map(channels.map((channel) => [channel.name, channel])),
  }
  const ids = createIds(clock, createSeededRandom(seed))
  const sent: AlertDeliveryRow[] = []
  const state = { plan, troubles: [] as readonly WatchedTrouble[], isBlind: false }
  const outbox = new Outbox({
    store,
    clock,
    telemetry: SILENT,
    mintId: () => ids.mint('msg'),
    async send(delivery) {
      const outcome = (await send?.(delivery)) ?? { result: 'delivered' as const }
      if (outcome.result === 'delivered') sent.push(delivery)
      return outcome
    },
  })
  const sources: AlertSources = {
    measures: NO_MEASURES,
    budgets: () => Promise.resolve([]),
    resting: () => [],
    unusedKeys: () => Promise.resolve({ names: [], count: 0 }),
    troubles() {
      if (state.isBlind) throw new Error('the store cannot be read')
      return state.troubles
    },
    drills: () => Promise.resolve([]),
    isConfigRefused: () => false,
  }
  const alerting = new Alerting({
    plan: () => state.plan,
    sources,
    store,
    outbox,
    clock,
    ids,
    telemetry: SILENT,
  })
  return { alerting, outbox, sources, plan: () => state.plan, state, sent }
}
