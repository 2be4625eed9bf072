import { refusesCredential, type CredentialEffect } from '../exchange/failure-table.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import type { Failure } from '../exchange/failure.ts'
import {
  admitCall,
  createCircuit,
  freeProbe,
  recordFault,
  recordSuccess,
  restsUntil,
  type Admission,
  type Circuit,
} from './circuit.ts'
import { createRestList, type RestList } from './rest-list.ts'

const TARGET_OFF_MS = 60_000
/** After this a refused credential is tried once more: an operator may have topped up or repaired the account. */
const CREDENTIAL_OFF_MS = 300_000
/** A provider that limits without saying for how long: 1 s, doubled with every refusal in a row. */
const FIRST_COOLDOWN_MS = 1_000
const LONGEST_GUESSED_COOLDOWN_MS = 60_000
/** Some providers name days; nobody waits for that without looking again. */
const LONGEST_NAMED_COOLDOWN_MS = 600_000

/**
 * Statuses that speak of the credential. Behind any other one only the words of a message did, and messages quote what clients
 * wrote: one request must not take a credential from everybody for minutes.
 */
const CREDENTIAL_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 429])

/** Where an attempt went. */
export interface Place {
  readonly target: string
  readonly credential: string
}

/** What routing reads. All times are monotonic milliseconds of the board's clock. */
export interface HealthView {
  /** When a resting target next takes a call; undefined: now. */
  targetRestsUntil(target: string): number | undefined
  /** When a credential is next worth a try at a target; undefined: now. */
  credentialRestsUntil(target: string, credential: string): number | undefined
  /** True while a credential is refused, as opposed to merely limited. */
  isCredentialOff(target: string, credential: string): boolean
  nowMs(): number
}

/** One line of the board, for screens and the decision record. */
export interface HealthEntry {
  readonly kind: 'circuit-open' | 'target-off' | 'cooldown' | 'credential-off'
  readonly target?: string
  readonly credential?: string
  readonly restsMs: number
}

/** Told once about each change for the worse or the better, for the log. */
export type HealthListener = (change: 'opened' | 'closed' | HealthEntry['kind'], place: Place) => void

/** What this process has learned about targets and credentials. Only outcomes of attempts change it. */
export interface HealthBoard extends HealthView {
  /** Lets a call to a target through, or not; `lastResort` takes the probe's place early. Every admission is followed by exactly one report. */
  admit(target: string, lastResort: boolean): Admission
  /** A probe has begun to answer: the next one may go. */
  answering(target: string, admission: Admission): void
  succeed(place: Place, admission: Admission): void
  fail(place: Place, failure: Failure, admission: Admission): void
  /** The attempt ended without saying anything about health, for example because the client left. */
  release(target: string, admission: Admission): void
  /** Forgets what is known about a credential, after it was replaced. */
  forgetCredential(credential: string): void
  /** What is not well now. */
  entries(): readonly HealthEntry[]
  /** Sizes for the gauges. */
  sizes(): { readonly targets: number; readonly open: number; readonly resting: number }
}

/** What a board is made of. */
export interface HealthBoardParts {
  readonly clock: Clock
  readonly random: Random
  readonly listen?: HealthListener
}

/** Creates an empty board; holds at most `LIMITS.healthEntries` targets and as many resting credentials. */
export function createHealthBoard(parts: HealthBoardParts): HealthBoard {
  return new Board(parts)
}

class Board implements HealthBoard {
  readonly #clock: Clock
  readonly #random: Random
  readonly #listen: HealthListener
  readonly #circuits = new Map<string, Circuit>()
  readonly #targetsOff = createRestList(LIMITS.healthEntries)
  /** By target and credential: limits are counted per model by most providers. */
  readonly #cooldowns = createRestList(LIMITS.healthEntries)
  /** By target and credential. */
  readonly #refusedHere = createRestList(LIMITS.healthEntries)
  /** By credential. */
  readonly #refused = createRestList(LIMITS.healthEntries)

  constructor({ clock, random, listen = () => {} }: HealthBoardParts) {
    this.#clock = clock
    this.#random = random
    this.#listen = listen
  }

  nowMs(): number {
    return this.#clock.elapsedMs()
  }

  targetRestsUntil(target: string): number | undefined {
    const circuit = this.#circuits.get(target)
    const isClosed = circuit === undefined || circuit.state === 'closed'
    if (isClosed && this.#targetsOff.size === 0) return undefined
    const nowMs = this.nowMs()
    return later(isClosed ? undefined : restsUntil(circuit, nowMs), this.#targetsOff.until(target, nowMs))
  }

  credentialRestsUntil(target: string, credential: string): number | undefined {
    if (this.#resting === 0) return undefined
    const nowMs = this.nowMs()
    return later(
      this.#cooldowns.until(pairKey(target, credential), nowMs),
      this.#offUntil(target, credential, nowMs),
    )
  }

  isCredentialOff(target: string, credential: string): boolean {
    return this.#offUntil(target, credential, this.nowMs()) !== undefined
  }

  admit(target: string, lastResort: boolean): Admission {
    const circuit = this.#circuitOf(target)
    if (circuit.state === 'closed' && this.#targetsOff.size === 0) return 'closed'
    const nowMs = this.nowMs()
    if (!lastResort && this.#targetsOff.until(target, nowMs) !== undefined) return 'refused'
    return admitCall(circuit, nowMs, lastResort)
  }

  answering(target: string, admission: Admission): void {
    if (admission === 'probe') freeProbe(this.#circuitOf(target))
  }

  succeed(place: Place, admission: Admission): void {
    const circuit = this.#circuitOf(place.target)
    const wasOpen = circuit.state === 'open'
    recordSuccess(circuit, admission, this.nowMs())
    if (this.#targetsOff.size > 0) this.#targetsOff.clear(place.target)
    if (this.#cooldowns.size > 0) this.#warm(place)
    if (wasOpen && circuit.state === 'closed') this.#listen('closed', place)
  }

  fail(place: Place, failure: Failure, admission: Admission): void {
    const { health } = failure.row
    const nowMs = this.nowMs()
    if (health === 'fault') {
      const moment = { admission, nowMs, random: this.#random }
      if (recordFault(this.#circuitOf(place.target), moment)) this.#listen('opened', place)
      return
    }
    this.release(place.target, admission)
    if (health === 'cooldown' || isHearsay(failure)) this.#cool(place, failure)
    else if (refusesCredential(health)) this.#turnOff(place, health)
    else if (health === 'target-off') {
      this.#targetsOff.rest(place.target, nowMs + TARGET_OFF_MS, nowMs)
      this.#listen('target-off', place)
    }
  }

  release(target: string, admission: Admission): void {
    if (admission === 'probe') freeProbe(this.#circuitOf(target))
  }

  forgetCredential(credential: string): void {
    this.#refused.clear(credential)
    const ending = pairKey('', credential)
    this.#refusedHere.clearEnding(ending)
    this.#cooldowns.clearEnding(ending)
  }

  entries(): readonly HealthEntry[] {
    const nowMs = this.nowMs()
    const off = this.#targetsOff.entries(nowMs)
    const refused = this.#refused.entries(nowMs)
    return [
      ...openCircuits(this.#circuits, nowMs),
      ...off.map(([target, restsMs]) => ({ kind: 'target-off', target, restsMs }) as const),
      ...pairEntries('cooldown', this.#cooldowns, nowMs),
      ...pairEntries('credential-off', this.#refusedHere, nowMs),
      ...refused.map(([credential, restsMs]) => ({ kind: 'credential-off', credential, restsMs }) as const),
    ]
  }

  sizes(): { targets: number; open: number; resting: number } {
    return {
      targets: this.#circuits.size,
      open: openCircuits(this.#circuits, this.nowMs()).length,
      resting: this.#resting,
    }
  }

  get #resting(): number {
    return this.#cooldowns.size + this.#refused.size + this.#refusedHere.size
  }

  #circuitOf(target: string): Circuit {
    let circuit = this.#circuits.get(target)
    if (circuit !== undefined) return circuit
    if (this.#circuits.size >= LIMITS.healthEntries) {
      const oldest = this.#circuits.keys().next()
      if (!oldest.done) this.#circuits.delete(oldest.value)
    }
    circuit = createCircuit()
    this.#circuits.set(target, circuit)
    return circuit
  }

  #offUntil(target: string, credential: string, nowMs: number): number | undefined {
    return later(
      this.#refused.until(credential, nowMs),
      this.#refusedHere.size === 0 ? undefined : this.#refusedHere.until(pairKey(target, credential), nowMs),
    )
  }

  #cool(place: Place, { details }: Failure): void {
    const key = pairKey(place.target, place.credential)
    const nowMs = this.nowMs()
    const isResting = this.#cooldowns.until(key, nowMs) !== undefined
    if (isResting && details.retryAfterMs === undefined) return
    const guessedMs = Math.min(
      FIRST_COOLDOWN_MS * 2 ** this.#cooldowns.strikes(key),
      LONGEST_GUESSED_COOLDOWN_MS,
    )
    const restMs = Math.min(details.retryAfterMs ?? guessedMs, LONGEST_NAMED_COOLDOWN_MS)
    this.#cooldowns.rest(key, nowMs + restMs, nowMs)
    this.#listen('cooldown', place)
  }

  /** A success ends a row of limits. One in the middle of a cooldown was let in before it, and says nothing about it. */
  #warm({ target, credential }: Place): void {
    const key = pairKey(target, credential)
    if (this.#cooldowns.until(key, this.nowMs()) === undefined) this.#cooldowns.clear(key)
  }

  #turnOff(place: Place, health: CredentialEffect): void {
    const nowMs = this.nowMs()
    const untilMs = nowMs + CREDENTIAL_OFF_MS
    if (health === 'credential-off-here')
      this.#refusedHere.rest(pairKey(place.target, place.credential), untilMs, nowMs)
    else this.#refused.rest(place.credential, untilMs, nowMs)
    this.#listen('credential-off', place)
  }
}

function isHearsay({ row, details }: Failure): boolean {
  const status = details.upstream?.status
  return refusesCredential(row.health) && status !== undefined && !CREDENTIAL_STATUSES.has(status)
}

/** Ids of targets hold no line breaks, so the pair cannot be mistaken for another. */
function pairKey(target: string, credential: string): string {
  return `${target}\n${credential}`
}

function later(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right
  return right === undefined ? left : Math.max(left, right)
}

function openCircuits(circuits: ReadonlyMap<string, Circuit>, nowMs: number): HealthEntry[] {
  const entries: HealthEntry[] = []
  for (const [target, circuit] of circuits) {
    if (circuit.state === 'closed') continue
    entries.push({ kind: 'circuit-open', target, restsMs: Math.max(0, circuit.openUntilMs - nowMs) })
  }
  return entries
}

function pairEntries(kind: HealthEntry['kind'], list: RestList, nowMs: number): HealthEntry[] {
  return list.entries(nowMs).map(([key, restsMs]) => {
    const [target = '', credential = ''] = key.split('\n')
    return { kind, target, credential, restsMs }
  })
}
