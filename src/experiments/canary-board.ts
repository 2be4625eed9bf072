import { BUCKETS, type CanaryTerms } from '../exchange/split.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import { isObject, parseJsonObject, readNumber, readString, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { SettingsStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import {
  advance,
  beginCanary,
  breach,
  CANARY_ACTIONS,
  readCanaryState,
  shareOf,
  steer,
  type CanaryAction,
  type CanaryState,
} from './canary-state.ts'
import { GuardWatch, type ArmFigures, type ArmOutcome } from './guard-watch.ts'

/** The names under which the store keeps how far canaries have come, and what operators told them last. */
const STATES = 'canaries'
const ORDERS = 'canary-orders'
const ORDERS_EVERY_MS = 1_000
const PER_CENT = 100

type Terms = CanaryTerms<unknown>

/** How a canary does. */
export interface CanaryReport {
  readonly id: string
  /** Per cent. */
  readonly share: number
  readonly state: CanaryState
  /** Since it has this share, in this process. */
  readonly canary: ArmFigures
  readonly rest: ArmFigures
}

/** Knows how far canaries have come, moves them on, and stops them. */
export interface CanaryBoard {
  /** Buckets of a canary at the moment. */
  shareOf(terms: Terms): number
  /** A request of the canary, or of the rest of its route, is over. */
  record(terms: Terms, arm: 'canary' | 'rest', outcome: ArmOutcome): void
  report(terms: Terms): CanaryReport
  /** Does what an operator says. */
  steer(terms: Terms, action: CanaryAction): CanaryReport
  /** Resolves when everything is stored. */
  close(): Promise<void>
}

export interface CanaryParts {
  readonly settings: Pick<SettingsStore, 'get' | 'set'>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

interface Canary {
  terms: Terms
  state: CanaryState
  watch: GuardWatch
}

/** Opens the board with what an earlier life has stored. Orders that were left in the store are obeyed within a second. */
export async function openCanaryBoard(parts: CanaryParts): Promise<CanaryBoard> {
  return new Board(parts, readMap(await parts.settings.get(STATES)))
}

/** Leaves an order in the store, for the gateway that runs on it or will. */
export async function orderCanary(
  { settings, clock }: Pick<CanaryParts, 'settings' | 'clock'>,
  id: string,
  action: CanaryAction,
): Promise<void> {
  const orders = readMap(await settings.get(ORDERS))
  await settings.set(ORDERS, JSON.stringify({ ...orders, [id]: { action, atMs: clock.nowMs() } }))
}

/** How far canaries have come, as the store has it, for those who ask without a gateway. */
export async function readCanaries(
  { settings, clock }: Pick<CanaryParts, 'settings' | 'clock'>,
  all: readonly Terms[],
): Promise<readonly Pick<CanaryReport, 'id' | 'share' | 'state'>[]> {
  const stored = readMap(await settings.get(STATES))
  return all.map((terms) => {
    const state = readCanaryState(stored[terms.id], terms) ?? beginCanary(terms, clock.nowMs())
    return { id: terms.id, share: perCent(shareOf(terms, state)), state }
  })
}

class Board implements CanaryBoard {
  readonly #parts: CanaryParts
  readonly #canaries = new Map<string, Canary>()
  readonly #stored: JsonObject
  #timer: Timer
  /** The newest order that was obeyed, by canary. */
  readonly #obeyedMs = new Map<string, number>()
  #saving: Promise<void> = Promise.resolve()

  constructor(parts: CanaryParts, stored: JsonObject) {
    this.#parts = parts
    this.#stored = stored
    this.#timer = this.#lookLater()
  }

  shareOf(terms: Terms): number {
    const canary = this.#find(terms)
    return shareOf(terms, canary.state)
  }

  record(terms: Terms, arm: 'canary' | 'rest', outcome: ArmOutcome): void {
    const canary = this.#find(terms)
    const { watch, state } = canary
    if (arm === 'canary') watch.addCanary(outcome)
    else watch.addRest(outcome)
    if (state.status === 'rolled-back') return
    const nowMs = this.#parts.clock.nowMs()
    const verdict = arm === 'canary' ? watch.breach() : undefined
    if (verdict !== undefined) this.#move(canary, breach(terms, state, { nowMs, verdict }))
    else this.#move(canary, advance(terms, state, { nowMs, requests: watch.canary.requests }))
  }

  report(terms: Terms): CanaryReport {
    const { state, watch } = this.#find(terms)
    const { canary, rest } = watch
    return { id: terms.id, share: perCent(shareOf(terms, state)), state, canary, rest }
  }

  steer(terms: Terms, action: CanaryAction): CanaryReport {
    const canary = this.#find(terms)
    this.#move(canary, steer(terms, canary.state, { action, nowMs: this.#parts.clock.nowMs() }))
    return this.report(terms)
  }

  close(): Promise<void> {
    this.#timer.cancel()
    return this.#saving
  }

  #find(terms: Terms): Canary {
    const known = this.#canaries.get(terms.id)
    if (known?.terms.fingerprint === terms.fingerprint) {
      known.terms = terms
      return known
    }
    const stored = readCanaryState(this.#stored[terms.id], terms)
    const state = stored ?? beginCanary(terms, this.#parts.clock.nowMs())
    const canary: Canary = { terms, state, watch: new GuardWatch(terms.guard) }
    if (known === undefined && this.#canaries.size >= LIMITS.canaries) return canary
    if (known === undefined) this.#show(terms.id)
    this.#canaries.set(terms.id, canary)
    if (stored === undefined) this.#save()
    return canary
  }

  #show(id: string): void {
    const read = (): number => {
      const canary = this.#canaries.get(id)
      return canary === undefined ? 0 : shareOf(canary.terms, canary.state) / BUCKETS
    }
    this.#parts.telemetry.gauge('gatehouse_canary_share', read, { canary: id })
  }

  /** A canary has another state from now on, and is judged anew by what follows. */
  #move(canary: Canary, state: CanaryState): void {
    if (state === canary.state) return
    const { telemetry } = this.#parts
    const { id, guard } = canary.terms
    canary.state = state
    canary.watch = new GuardWatch(guard)
    const share = `${perCent(shareOf(canary.terms, state))} %`
    const { status, verdict } = state
    const level = status === 'rolled-back' || status === 'held' ? 'warn' : 'info'
    telemetry.log(level, `canary: ${status}`, {
      canary: id,
      share,
      ...defined({ verdict }),
    })
    telemetry.count('gatehouse_canary_changes_total', { canary: id, status })
    this.#save()
  }

  /** What is stored of canaries that the file no longer names is kept no longer. */
  #save(): void {
    const states = Object.fromEntries([...this.#canaries].map(([id, { state }]) => [id, state]))
    const { settings, telemetry } = this.#parts
    this.#saving = this.#saving
      .then(() => settings.set(STATES, JSON.stringify(states)))
      .catch((error: unknown) => telemetry.log('error', 'canary: not stored', { error: String(error) }))
  }

  #lookLater(): Timer {
    return this.#parts.clock.after(ORDERS_EVERY_MS, () => {
      this.#timer = this.#lookLater()
      if (this.#canaries.size > 0) void this.#obey()
    })
  }

  async #obey(): Promise<void> {
    const orders = readMap(await this.#parts.settings.get(ORDERS).catch(() => undefined))
    for (const [id, { terms, state }] of this.#canaries) {
      const order = orders[id]
      if (!isObject(order)) continue
      const atMs = readNumber(order, 'atMs') ?? 0
      const action = CANARY_ACTIONS.find((known) => known === readString(order, 'action'))
      const isNew = atMs > Math.max(state.sinceMs, this.#obeyedMs.get(id) ?? 0)
      if (action === undefined || !isNew) continue
      this.#obeyedMs.set(id, atMs)
      this.steer(terms, action)
    }
  }
}

function readMap(text: string | undefined): JsonObject {
  return (text === undefined ? undefined : parseJsonObject(text)) ?? {}
}

function perCent(buckets: number): number {
  return (buckets / BUCKETS) * PER_CENT
}
