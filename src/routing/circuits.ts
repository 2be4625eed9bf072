import type { CircuitRules } from '../exchange/circuit-rules.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import {
  admitCall,
  branchCircuit,
  createCircuit,
  freeProbe,
  isForgettable,
  recordAnswer,
  recordFault,
  recordSuccess,
  restsUntil,
  type AdmittedCall,
  type Circuit,
} from './circuit.ts'
import type { HealthSubject } from './health-subject.ts'
import { Witnesses } from './witnesses.ts'

/** A call that was let through to a target. Followed by exactly one report: success, failure or release. */
export interface Pass extends AdmittedCall {
  readonly subject: HealthSubject
  readonly rules: CircuitRules
  /** True for a last resort: it was let through although something rested. */
  readonly isEarly: boolean
  /** The circuit that let it through. */
  readonly circuit: Circuit
}

/** How a call wants to be let through. */
export interface CallTerms {
  readonly rules: CircuitRules
  /** Before the rest is over, where there is nothing better. */
  readonly early: boolean
  /** Whether or not it rests, because most of a route does and still answers in part. */
  readonly inPanic?: boolean
}

/** What everybody's calls say about a target. */
interface SharedCircuit {
  readonly circuit: Circuit
  readonly witnesses: Witnesses
  /** Whose probe was the last to answer. */
  provenBy: string
}

/** What is known of a fault. */
export interface Fault {
  readonly nowMs: number
  /** True where no request can have caused it, so that one caller is believed. */
  readonly isCertain: boolean
}

/**
 * The circuits of all targets. What a provider makes of a request may be the request's doing, so the faults that one caller
 * meets rest the target for this caller alone; it rests for everybody when several callers meet them, or when no request can
 * have caused them.
 */
export class Circuits {
  readonly #random: Random
  readonly #shared = new Map<string, SharedCircuit>()
  /** By target and caller; only of callers who met faults lately. */
  readonly #own = new Map<string, Circuit>()

  constructor(random: Random) {
    this.#random = random
  }

  /** When the target next takes a call of this caller; undefined: now. */
  restsUntil(target: string, caller: string, nowMs: number): number | undefined {
    const own = this.#ownOpen(target, caller)
    if (own !== undefined) return restsUntil(own, nowMs)
    const shared = this.#shared.get(target)
    if (shared === undefined || shared.circuit.state === 'closed') return undefined
    const yieldsUntilMs = yieldsUntil(shared, caller)
    return restsUntil(shared.circuit, nowMs) ?? (yieldsUntilMs > nowMs ? yieldsUntilMs : undefined)
  }

  /** Does a target that rests for this caller answer now and then? */
  answersInPart(target: string, caller: string): boolean {
    const circuit = this.#ownOpen(target, caller) ?? this.#shared.get(target)?.circuit
    return circuit?.state === 'open' && circuit.isPartial
  }

  /** Lets a call through, or gives undefined; `early`: before the rest is over; `inPanic`: as if it did not rest, and proving nothing. */
  admit(
    subject: HealthSubject,
    { rules, early, inPanic = false }: CallTerms,
    nowMs: number,
  ): Pass | undefined {
    const shared = this.#sharedOf(subject.target)
    const circuit = this.#ownOpen(subject.target, subject.caller) ?? shared.circuit
    const pass = { subject, rules, circuit, startedAtMs: nowMs }
    if (inPanic) return { ...pass, isProbe: false, isEarly: true, isAnswering: true }
    if (circuit.state === 'open' && circuit === shared.circuit && !early) {
      if (yieldsUntil(shared, subject.caller) > nowMs) return undefined
    }
    const admission = admitCall(circuit, nowMs, early)
    if (admission === 'refused') return undefined
    const isProbe = admission === 'probe'
    return { ...pass, isProbe, isEarly: early, isAnswering: !isProbe }
  }

  /** A probe has begun to answer. Gives true when that closed the circuit. */
  answer(pass: Pass, nowMs: number): boolean {
    const wasOpen = pass.circuit.state === 'open'
    this.#sharedOf(pass.subject.target).provenBy = pass.subject.caller
    recordAnswer(pass.circuit, pass, nowMs)
    return wasOpen && pass.circuit.state === 'closed'
  }

  /** Records a complete answer. Gives true when it closed the circuit. */
  succeed(pass: Pass, nowMs: number): boolean {
    const { target, caller } = pass.subject
    const wasOpen = pass.circuit.state === 'open'
    recordSuccess(pass.circuit, pass, nowMs)
    const shared = this.#sharedOf(target)
    if (shared.circuit !== pass.circuit) recordSuccess(shared.circuit, pass, nowMs)
    shared.witnesses.endRow()
    if (this.#own.size > 0) this.#succeedOwn(`${target}\n${caller}`, pass, nowMs)
    return wasOpen && pass.circuit.state === 'closed'
  }

  #succeedOwn(key: string, pass: Pass, nowMs: number): void {
    const own = this.#own.get(key)
    if (own === undefined) return
    if (own !== pass.circuit) recordSuccess(own, pass, nowMs)
    if (isForgettable(own, nowMs)) this.#own.delete(key)
  }

  /** Records a fault. Says for whom it opened a circuit, or opened it again; undefined: for nobody. */
  fail(pass: Pass, fault: Fault): 'everybody' | 'caller' | undefined {
    const { subject, rules, circuit } = pass
    const shared = this.#sharedOf(subject.target)
    const isOwn = circuit !== shared.circuit
    const own = isOwn ? circuit : this.#ownOf(subject, circuit)
    if (!isOwn && isAnsweringOthers(shared, subject.caller)) freeProbe(circuit, pass)
    else if (!isOwn && this.#failShared(shared, pass, fault)) {
      this.#forgetOwn(subject.target)
      return 'everybody'
    } else if (shared.circuit.state === 'open') return undefined
    const moment = { nowMs: fault.nowMs, random: this.#random, rules, countsShare: true }
    return recordFault(own, pass, moment) ? 'caller' : undefined
  }

  /** The faults of one caller count in a row only as far as others would have to meet some too, unless they are certain. */
  #failShared({ circuit, witnesses }: SharedCircuit, pass: Pass, { nowMs, isCertain }: Fault): boolean {
    const { rules, subject } = pass
    if (!isCertain && circuit.state === 'closed' && !witnesses.hear(subject.caller, rules.faults, nowMs))
      return false
    const countsShare = isCertain || witnesses.areSeveral(nowMs)
    const before = circuit.streak
    const hasOpened = recordFault(circuit, pass, { nowMs, random: this.#random, rules, countsShare })
    if (hasOpened) witnesses.rest(isCertain ? undefined : subject.caller)
    else if (!isCertain && circuit.streak > before) witnesses.count(subject.caller)
    return hasOpened
  }

  /** The call ended without saying anything about health. */
  release(pass: Pass): void {
    freeProbe(pass.circuit, pass)
  }

  /** Open circuits: for everybody, then those of single callers. */
  open(): readonly { readonly target: string; readonly caller?: string; readonly openUntilMs: number }[] {
    const found: { target: string; caller?: string; openUntilMs: number }[] = []
    for (const [target, { circuit }] of this.#shared) {
      if (circuit.state === 'open') found.push({ target, openUntilMs: circuit.openUntilMs })
    }
    for (const [key, circuit] of this.#own) {
      const [target = '', caller = ''] = key.split('\n')
      if (circuit.state === 'open') found.push({ target, caller, openUntilMs: circuit.openUntilMs })
    }
    return found
  }

  /** Targets that are remembered. */
  get size(): number {
    return this.#shared.size
  }

  #ownOpen(target: string, caller: string): Circuit | undefined {
    if (this.#own.size === 0) return undefined
    const own = this.#own.get(`${target}\n${caller}`)
    return own?.state === 'open' ? own : undefined
  }

  #sharedOf(target: string): SharedCircuit {
    return bounded(this.#shared, target, createShared)
  }

  #ownOf({ target, caller }: HealthSubject, shared: Circuit): Circuit {
    return bounded(this.#own, `${target}\n${caller}`, () => branchCircuit(shared))
  }

  #forgetOwn(target: string): void {
    for (const key of this.#own.keys()) {
      if (key.startsWith(`${target}\n`)) this.#own.delete(key)
    }
  }
}

function createShared(): SharedCircuit {
  return { circuit: createCircuit(), witnesses: new Witnesses(), provenBy: '' }
}

/** True while probes of somebody else are answered: what this caller meets is his own. */
function isAnsweringOthers({ circuit, provenBy }: SharedCircuit, caller: string): boolean {
  return circuit.state === 'open' && circuit.provenAtMs >= circuit.openedAtMs && provenBy !== caller
}

/** Until when a caller leaves the probe to others. */
function yieldsUntil({ circuit, witnesses }: SharedCircuit, caller: string): number {
  return witnesses.yieldsUntil(caller, circuit.openUntilMs)
}

/** The entry of a map that holds at most `LIMITS.healthEntries`, made when it is missing; the oldest makes room. */
function bounded<Value>(map: Map<string, Value>, key: string, create: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  if (map.size >= LIMITS.healthEntries) {
    const oldest = map.keys().next()
    if (!oldest.done) map.delete(oldest.value)
  }
  const made = create()
  map.set(key, made)
  return made
}
