import type { AlertPlan, AlertRule } from '../exchange/alert.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { Ids } from '../kit/ids.ts'
import type { AlertChange, AlertMute, AlertRow } from '../store/alerts.ts'
import type { AlertStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import { advance, type Advance } from './advance.ts'
import type { Look, Stand } from './finding.ts'
import { look, lookEveryMs } from './kinds/all.ts'
import type { Outbox } from './outbox.ts'
import { ring } from './ring.ts'
import type { AlertSources } from './sources.ts'

const MINUTE_MS = 60_000

export interface AlertingNeeds {
  /** The rules in force. */
  readonly plan: () => AlertPlan
  readonly sources: AlertSources
  readonly store: AlertStore
  readonly outbox: Outbox
  readonly clock: Clock
  readonly ids: Ids
  readonly telemetry: Telemetry
}

/** How a rule stood when it was last looked at. */
export interface RuleStanding {
  readonly atMs: number
  /** Absent where it could not be known. */
  readonly stand?: Stand
  /** Why it could not be known. */
  readonly problem?: string
}

/**
 * Looks at what rules watch, each minute or as often as there is something new, one rule after the other and away from whoever serves. What
 * rings stands in the store before anybody is told. While something cannot be known, nothing begins to ring and nothing is over.
 */
export class Alerting {
  readonly #needs: AlertingNeeds
  /** By rule and key. */
  readonly #open = new Map<string, Map<string, AlertRow>>()
  readonly #mutes = new Map<string, AlertMute>()
  readonly #standings = new Map<string, RuleStanding>()
  /** When a rule is looked at again. */
  readonly #dueMs = new Map<string, number>()
  #timer: Timer | undefined
  #looking: Promise<void> | undefined
  #isClosed = false
  /** What is changed is changed by one at a time. */
  #turn: Promise<void> = Promise.resolve()
  #version = 0

  constructor(needs: AlertingNeeds) {
    this.#needs = needs
    needs.telemetry.gauge('gatehouse_alerts_firing', () => this.firing().length)
  }

  /** Goes on where an earlier life has stopped. Rejects when the store cannot be read. */
  async begin(): Promise<void> {
    const { store, outbox } = this.#needs
    const { alerts, deliveries, mutes, last } = await store.open()
    for (const row of alerts) this.#openOf(row.rule).set(row.key, row)
    for (const mute of mutes) this.#mutes.set(mute.rule, mute)
    for (const delivery of last) outbox.remember(delivery)
    outbox.take(deliveries)
    this.#lookLater()
  }

  /** Grows with everything that rings, is over, muted or acknowledged. */
  get version(): number {
    return this.#version
  }

  /** Alerts that ring, the oldest first. */
  firing(): readonly AlertRow[] {
    const all = [...this.#open.values()].flatMap((rows) => [...rows.values()])
    return all
      .filter(({ phase }) => phase === 'firing')
      .toSorted((one, other) => (one.firedAtMs ?? 0) - (other.firedAtMs ?? 0))
  }

  /** Alerts of a rule that pend or ring. */
  openOf(rule: string): readonly AlertRow[] {
    return [...(this.#open.get(rule)?.values() ?? [])]
  }

  standingOf(rule: string): RuleStanding | undefined {
    return this.#standings.get(rule)
  }

  /** The mute of a rule that is muted now. */
  muteOf(rule: string): AlertMute | undefined {
    const mute = this.#mutes.get(rule)
    return mute !== undefined && mute.untilMs > this.#needs.clock.nowMs() ? mute : undefined
  }

  /** Lets a rule tell nobody until a moment; undefined: it tells again. */
  mute(rule: string, untilMs: number | undefined, by?: string): Promise<void> {
    return this.#change(async () => {
      const mute: AlertMute | undefined =
        untilMs === undefined
          ? undefined
          : { rule, untilMs, atMs: this.#needs.clock.nowMs(), ...defined({ by }) }
      await this.#needs.store.write(mute === undefined ? { unmuted: [rule] } : { mutes: [mute] })
      if (mute === undefined) this.#mutes.delete(rule)
      else this.#mutes.set(rule, mute)
      this.#version += 1
    })
  }

  /** Takes down that somebody knows of what rings; gives those alerts. @param key of one alert; absent: of all of the rule */
  async acknowledge(rule: string, key?: string, by?: string): Promise<readonly AlertRow[]> {
    let known: readonly AlertRow[] = []
    await this.#change(async () => {
      const nowMs = this.#needs.clock.nowMs()
      known = this.openOf(rule)
        .filter((row) => row.phase === 'firing' && (key === undefined || row.key === key))
        .map((row) => ({ ...row, acknowledgedAtMs: nowMs, ...defined({ acknowledgedBy: by }) }))
      await this.#write({ alerts: known })
    })
    return known
  }

  /** Looks at every rule that is due, one after the other. Never rejects. */
  lookAll(): Promise<void> {
    this.#looking ??= this.#lookAtDue().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#timer?.cancel()
    await this.#looking
    await this.#turn
    await this.#needs.outbox.close()
  }

  #lookLater(): void {
    const { clock } = this.#needs
    this.#timer = clock.after(MINUTE_MS - (clock.nowMs() % MINUTE_MS), () => {
      if (this.#isClosed) return
      this.#lookLater()
      void this.lookAll()
    })
  }

  async #lookAtDue(): Promise<void> {
    const { plan, clock } = this.#needs
    const { rules } = plan()
    for (const rule of rules.values()) {
      if (this.#isClosed) return
      const nowMs = clock.nowMs()
      if (nowMs < (this.#dueMs.get(rule.name) ?? 0)) continue
      this.#dueMs.set(rule.name, nowMs + lookEveryMs(rule.watch) - MINUTE_MS / 2)
      await this.#lookAt(rule, nowMs)
    }
    for (const name of this.#open.keys()) if (!rules.has(name)) await this.#endOf(name)
    for (const name of this.#standings.keys()) if (!rules.has(name)) this.#standings.delete(name)
    for (const name of this.#dueMs.keys()) if (!rules.has(name)) this.#dueMs.delete(name)
    for (const { rule, untilMs } of this.#mutes.values())
      if (untilMs <= clock.nowMs()) await this.mute(rule, undefined).catch(() => undefined)
  }

  async #lookAt(rule: AlertRule, nowMs: number): Promise<void> {
    const { sources, telemetry } = this.#needs
    try {
      const seen = await look(rule.watch, sources, nowMs)
      this.#standings.set(rule.name, { atMs: nowMs, stand: seen.stand })
      await this.#change(() => this.#apply(rule, seen, nowMs))
      telemetry.count('gatehouse_alert_looks_total', { result: 'seen' })
    } catch (error) {
      telemetry.count('gatehouse_alert_looks_total', { result: 'failed' })
      const problem = error instanceof Error ? error.message : String(error)
      if (this.#standings.get(rule.name)?.problem === undefined)
        telemetry.log('warn', 'alerts: a rule cannot be looked at; it is tried again', {
          rule: rule.name,
          error,
        })
      this.#standings.set(rule.name, { atMs: nowMs, problem })
    }
  }

  async #apply(rule: AlertRule, { findings, stand }: Look, nowMs: number): Promise<void> {
    const steps = advance(
      { ...rule, unit: stand.unit },
      {
        open: this.#open.get(rule.name) ?? new Map<string, AlertRow>(),
        findings,
        nowMs,
        mintId: () => this.#needs.ids.mint('alert'),
      },
    )
    await this.#ring(rule, steps, nowMs)
  }

  /** Its rule is gone: nobody will see that it is over. */
  async #endOf(name: string): Promise<void> {
    const nowMs = this.#needs.clock.nowMs()
    if (this.openOf(name).length === 0) this.#open.delete(name)
    const steps = this.openOf(name).map((row): Advance => {
      if (row.phase === 'pending') return { change: 'forgotten', row }
      const over = { phase: 'resolved', resolvedAtMs: nowMs, text: 'the rule is gone' } as const
      return { change: 'resolved', row: { ...row, ...over } }
    })
    const rule = { ...GONE, name }
    await this.#change(() => this.#ring(rule, steps, nowMs)).catch((error: unknown) =>
      this.#needs.telemetry.log('warn', 'alerts: what a rule left could not be ended', { rule: name, error }),
    )
  }

  async #ring(rule: AlertRule, steps: readonly Advance[], nowMs: number): Promise<void> {
    const { plan, outbox, ids, telemetry } = this.#needs
    const change = ring(steps, {
      plan: plan(),
      rule,
      ...defined({ mutedUntilMs: this.muteOf(rule.name)?.untilMs }),
      waiting: (channel) => outbox.waitingFor(channel),
      waitingInAll: outbox.size,
      nowMs,
      mintId: () => ids.mint('msg'),
    })
    await this.#write(change)
    for (const { change: became, row } of steps) {
      if (became === 'seen' && !change.alerts?.some(({ id }) => id === row.id)) this.#keep(row)
      if (became === 'fired' || became === 'resolved') {
        telemetry.count('gatehouse_alert_changes_total', { rule: rule.name, event: became })
        telemetry.log(became === 'fired' ? 'warn' : 'info', `alerts: ${became}`, {
          rule: rule.name,
          key: row.key,
          text: row.text,
        })
      }
    }
  }

  /** Writes, and only then believes. */
  async #write(change: AlertChange): Promise<void> {
    const { alerts = [], forgotten = [], deliveries = [] } = change
    if (alerts.length + forgotten.length + deliveries.length === 0) return
    await this.#needs.store.write(change)
    for (const row of alerts) this.#keep(row)
    for (const rows of this.#open.values())
      for (const row of rows.values()) if (forgotten.includes(row.id)) rows.delete(row.key)
    this.#needs.outbox.take(deliveries)
    this.#version += 1
  }

  #keep(row: AlertRow): void {
    const rows = this.#openOf(row.rule)
    if (row.phase === 'resolved') rows.delete(row.key)
    else rows.set(row.key, row)
    if (rows.size === 0) this.#open.delete(row.rule)
  }

  #openOf(rule: string): Map<string, AlertRow> {
    let rows = this.#open.get(rule)
    if (rows === undefined) this.#open.set(rule, (rows = new Map()))
    return rows
  }

  /** One after the other, whatever became of the one before. */
  #change(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work)
    this.#turn = turn.catch(() => undefined)
    return turn
  }
}

/** What is told of an alert whose rule is gone. */
const GONE: AlertRule = {
  name: '',
  kind: 'threshold',
  severity: 'info',
  to: [],
  forMs: 0,
  resolveAfterMs: 0,
  watch: { on: 'config' },
}
