import { refusesCredential, type CredentialEffect } from '../exchange/failure-table.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import type { Failure } from '../exchange/failure.ts'
import type { HealthView } from '../exchange/health-view.ts'
import { Circuits, type CallTerms, type Pass } from './circuits.ts'
import type { HealthSubject } from './health-subject.ts'
import { WitnessedRests } from './witnessed-rests.ts'

const TARGET_OFF_MS = 60_000
/** After this a refused credential is tried once more: an operator may have topped up or repaired the account. */
const CREDENTIAL_OFF_MS = 300_000
/** A provider that limits without saying for how long: 1 s, doubled with every refusal in a row. */
const FIRST_COOLDOWN_MS = 1_000
const LONGEST_GUESSED_COOLDOWN_MS = 60_000
/** Quotas of a day name hours; a provider that names more is not believed. */
const LONGEST_NAMED_COOLDOWN_MS = 86_400_000

/**
 * Statuses that speak of the credential. Behind any other one only the words of a message did, and messages quote what clients
 * wrote: one request must not take a credential from everybody for minutes.
 */
const CREDENTIAL_STATUSES: ReadonlySet<number> = new Set([401, 402, 403, 429])
/** Firewalls in front of a provider and rules about single features answer with it as well, to what a request says. */
const FORBIDDEN = 403

/** One line of the board, for screens and the decision record. */
export interface HealthEntry {
  readonly kind: 'circuit-open' | 'target-off' | 'cooldown' | 'credential-off'
  readonly target?: string
  readonly credential?: string
  /** Absent: for everybody. */
  readonly caller?: string
  readonly restsMs: number
}

/** Told once about each change for the worse or the better, for the log. Without a caller it holds for everybody. */
export type HealthListener = (
  change: 'opened' | 'closed' | HealthEntry['kind'],
  subject: Omit<HealthSubject, 'caller'> & { readonly caller?: string },
) => void

/** What this process has learned about targets and credentials. Only outcomes of attempts change it. */
export interface HealthBoard extends HealthView {
  /** Lets a call to a target through, or gives undefined; `early`: although it rests. Every pass is followed by exactly one report. */
  admit(subject: HealthSubject, terms: CallTerms): Pass | undefined
  /** A probe has begun to answer: more may go. */
  answering(pass: Pass): void
  succeed(pass: Pass): void
  fail(pass: Pass, failure: Failure): void
  /** The attempt ended without saying anything about health, for example because the client left. */
  release(pass: Pass): void
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
  readonly #listen: HealthListener
  readonly #circuits: Circuits
  readonly #targetsOff = new WitnessedRests(LIMITS.healthEntries)
  /** By target and credential: limits are counted per model by most providers. */
  readonly #cooldowns = new WitnessedRests(LIMITS.healthEntries)
  /** By target and credential. */
  readonly #refusedHere = new WitnessedRests(LIMITS.healthEntries)
  /** By credential: refused at more than one target. */
  readonly #refused = new WitnessedRests(LIMITS.healthEntries)

  constructor({ clock, random, listen = () => {} }: HealthBoardParts) {
    this.#clock = clock
    this.#circuits = new Circuits(random)
    this.#listen = listen
  }

  nowMs(): number {
    return this.#clock.elapsedMs()
  }

  targetRestsUntil(target: string, caller: string): number | undefined {
    const nowMs = this.nowMs()
    const circuitMs = this.#circuits.restsUntil(target, caller, nowMs)
    return this.#targetsOff.size === 0
      ? circuitMs
      : later(circuitMs, this.#targetsOff.until(target, caller, nowMs))
  }

  answersInPart(target: string, caller: string): boolean {
    const isOff =
      this.#targetsOff.size > 0 && this.#targetsOff.until(target, caller, this.nowMs()) !== undefined
    return !isOff && this.#circuits.answersInPart(target, caller)
  }

  credentialRestsUntil(target: string, credential: string, caller: string): number | undefined {
    if (this.#resting === 0) return undefined
    const subject = { target, credential, caller }
    const nowMs = this.nowMs()
    return later(this.#cooldowns.until(pairKey(subject), caller, nowMs), this.#offUntil(subject, nowMs))
  }

  isCredentialOff(target: string, credential: string, caller: string): boolean {
    return this.#offUntil({ target, credential, caller }, this.nowMs()) !== undefined
  }

  admit(subject: HealthSubject, terms: CallTerms): Pass | undefined {
    const nowMs = this.nowMs()
    const { target, caller } = subject
    const isOff = this.#targetsOff.size > 0 && this.#targetsOff.until(target, caller, nowMs) !== undefined
    return isOff && !terms.early ? undefined : this.#circuits.admit(subject, terms, nowMs)
  }

  answering(pass: Pass): void {
    if (this.#circuits.answer(pass, this.nowMs())) this.#tell('closed', pass.subject)
  }

  succeed(pass: Pass): void {
    const { subject } = pass
    if (this.#circuits.succeed(pass, this.nowMs())) this.#tell('closed', subject)
    if (this.#targetsOff.size > 0) this.#targetsOff.clear(subject.target, subject.caller)
    if (this.#resting > 0) this.#warm(pass)
  }

  fail(pass: Pass, failure: Failure): void {
    const { health } = failure.row
    const { subject } = pass
    if (health === 'fault' || health === 'unreachable') {
      const isCertain = health === 'unreachable'
      const opened = this.#circuits.fail(pass, { nowMs: this.nowMs(), isCertain })
      if (opened !== undefined) this.#tell('opened', subject, opened === 'everybody')
      return
    }
    this.release(pass)
    if (health === 'cooldown' || isHearsay(failure)) this.#cool(subject, failure)
    else if (refusesCredential(health)) this.#turnOff(subject, health, failure)
    else if (health === 'target-off') {
      const nowMs = this.nowMs()
      const untilMs = nowMs + TARGET_OFF_MS
      const { target: name, caller } = subject
      this.#tell(
        'target-off',
        subject,
        this.#targetsOff.rest({ name, caller, untilMs, nowMs, isCertain: false }),
      )
    }
  }

  release(pass: Pass): void {
    this.#circuits.release(pass)
  }

  forgetCredential(credential: string): void {
    const ending = pairKey({ target: '', credential })
    this.#refused.clearEnding(credential)
    this.#refusedHere.clearEnding(ending)
    this.#cooldowns.clearEnding(ending)
  }

  entries(): readonly HealthEntry[] {
    const nowMs = this.nowMs()
    const circuits = this.#circuits.open().map(({ openUntilMs, ...whose }) => {
      return { kind: 'circuit-open', ...whose, restsMs: Math.max(0, openUntilMs - nowMs) } as const
    })
    const off = this.#targetsOff.entries(nowMs)
    const refused = this.#refused.entries(nowMs)
    return [
      ...circuits,
      ...off.map(({ name, ...rest }) => ({ kind: 'target-off', target: name, ...rest }) as const),
      ...pairEntries('cooldown', this.#cooldowns, nowMs),
      ...pairEntries('credential-off', this.#refusedHere, nowMs),
      ...refused.map(({ name, ...rest }) => ({ kind: 'credential-off', credential: name, ...rest }) as const),
    ]
  }

  sizes(): { targets: number; open: number; resting: number } {
    return { targets: this.#circuits.size, open: this.#circuits.open().length, resting: this.#resting }
  }

  get #resting(): number {
    return this.#cooldowns.size + this.#refused.size + this.#refusedHere.size
  }

  #offUntil(subject: HealthSubject, nowMs: number): number | undefined {
    const { credential, caller } = subject
    return later(
      this.#refused.size === 0 ? undefined : this.#refused.until(credential, caller, nowMs),
      this.#refusedHere.size === 0 ? undefined : this.#refusedHere.until(pairKey(subject), caller, nowMs),
    )
  }

  #cool(subject: HealthSubject, failure: Failure): void {
    const name = pairKey(subject)
    const { caller } = subject
    const { retryAfterMs } = failure.details
    const nowMs = this.nowMs()
    const isResting = this.#cooldowns.until(name, caller, nowMs) !== undefined
    if (isResting && retryAfterMs === undefined) return
    const guessedMs = Math.min(
      FIRST_COOLDOWN_MS * 2 ** this.#cooldowns.strikes(name, caller),
      LONGEST_GUESSED_COOLDOWN_MS,
    )
    const untilMs = nowMs + Math.min(retryAfterMs ?? guessedMs, LONGEST_NAMED_COOLDOWN_MS)
    const isCertain = !isHearsay(failure)
    this.#tell('cooldown', subject, this.#cooldowns.rest({ name, caller, untilMs, nowMs, isCertain }))
  }

  /**
   * An answer ends a row of limits. One in the middle of a rest was let in before it and says nothing about it, unless it was
   * let in although the credential rested.
   */
  #warm({ subject, isEarly }: Pass): void {
    const name = pairKey(subject)
    const { caller, credential } = subject
    if (isEarly) {
      this.#refusedHere.clear(name, caller)
      this.#refused.clear(credential, caller)
    } else if (this.#cooldowns.until(name, caller, this.nowMs()) !== undefined) return
    this.#cooldowns.clear(name, caller)
  }

  /** A credential that is refused at two targets is refused everywhere. */
  #turnOff(subject: HealthSubject, health: CredentialEffect, failure: Failure): void {
    const nowMs = this.nowMs()
    const { caller, credential } = subject
    const refusal = {
      caller,
      untilMs: nowMs + CREDENTIAL_OFF_MS,
      nowMs,
      isCertain: failure.details.upstream?.status !== FORBIDDEN,
    }
    const here = pairKey(subject)
    const isForAll = this.#refusedHere.rest({ name: here, ...refusal })
    const ending = pairKey({ target: '', credential })
    const elsewhere = (name: string): boolean => name !== here && name.endsWith(ending)
    if (health === 'credential-off' && isForAll && this.#refusedHere.some(elsewhere, nowMs))
      this.#refused.rest({ name: credential, ...refusal, isCertain: true })
    this.#tell('credential-off', subject, isForAll)
  }

  #tell(change: Parameters<HealthListener>[0], subject: HealthSubject, isForAll = true): void {
    const { target, credential } = subject
    this.#listen(change, isForAll ? { target, credential } : subject)
  }
}

function isHearsay({ row, details }: Failure): boolean {
  const status = details.upstream?.status
  return refusesCredential(row.health) && status !== undefined && !CREDENTIAL_STATUSES.has(status)
}

function pairKey({ target, credential }: Omit<HealthSubject, 'caller'>): string {
  return `${target}\n${credential}`
}

function later(left: number | undefined, right: number | undefined): number | undefined {
  if (left === undefined) return right
  return right === undefined ? left : Math.max(left, right)
}

function pairEntries(kind: HealthEntry['kind'], list: WitnessedRests, nowMs: number): HealthEntry[] {
  return list.entries(nowMs).map(({ name, ...rest }) => {
    const [target = '', credential = ''] = name.split('\n')
    return { kind, target, credential, ...rest }
  })
}
