import type { CircuitRules } from '../exchange/circuit-rules.ts'
import type { Random } from '../kit/random.ts'
import {
  clearWindow,
  copyWindow,
  countCall,
  createFaultWindow,
  sumWindow,
  type FaultWindow,
} from './fault-window.ts'

/** The rules of a configuration that says nothing. */
export const CIRCUIT_RULES: CircuitRules = {
  faults: 5,
  faultShare: 0.5,
  leastCalls: 20,
  firstRestMs: 5_000,
  longestRestMs: 15_000,
  probes: 1,
}

/** A rest may be shorter by this share: restarts of many gateways would otherwise probe a recovering provider in step. */
const JITTER = 0.2
/** A circuit that stayed closed this long starts over with the shortest rest. */
const STABLE_MS = 60_000
/** A probe that has said nothing for this long may hang for minutes: the next one does not wait for it. */
const PROBE_PATIENCE_MS = 10_000
/** Every probe that begins to answer doubles how many may be under way; a target that answers this many is well. */
const MOST_PROBES = 8

/** How a call was let through: in the ordinary way, as a probe of a resting target, or not at all. */
export type CallVerdict = 'closed' | 'probe' | 'refused'

/** A call that was let through. */
export interface AdmittedCall {
  readonly isProbe: boolean
  /** Monotonic milliseconds. */
  readonly startedAtMs: number
  /** False for a probe that has not said anything yet; set by `recordAnswer`. */
  isAnswering: boolean
}

/** The breaker of one target. Changed only by the functions of this file; times are monotonic milliseconds. */
export interface Circuit {
  state: 'closed' | 'open'
  /** Faults in a row. */
  streak: number
  /** Openings in a row without a stable time between. */
  openings: number
  openedAtMs: number
  openUntilMs: number
  closedAtMs: number
  /** When the newest of the calls began that were answered. */
  provenAtMs: number
  /** Probes under way that have not begun to answer. */
  probes: number
  mostProbes: number
  lastProbeMs: number
  /** Was it opened by a share of faults alone, and has no probe failed since? Then the target answers now and then. */
  isPartial: boolean
  readonly window: FaultWindow
}

/** Creates a closed circuit. */
export function createCircuit(): Circuit {
  return {
    state: 'closed',
    streak: 0,
    openings: 0,
    openedAtMs: 0,
    openUntilMs: 0,
    closedAtMs: 0,
    provenAtMs: 0,
    probes: 0,
    mostProbes: 1,
    lastProbeMs: 0,
    isPartial: false,
    window: createFaultWindow(),
  }
}

/** Creates a closed circuit that begins with what another one knows of the target's life: its answers, not its faults in a row. */
export function branchCircuit({ closedAtMs, provenAtMs, window }: Circuit): Circuit {
  return { ...createCircuit(), closedAtMs, provenAtMs, window: copyWindow(window) }
}

/** When an open circuit takes its next probe; undefined when a call would be let through now. */
export function restsUntil(circuit: Circuit, nowMs: number): number | undefined {
  if (circuit.state === 'closed') return undefined
  const untilMs = Math.max(circuit.openUntilMs, roomAtMs(circuit))
  return untilMs > nowMs ? untilMs : undefined
}

/** When there is room for a probe. */
function roomAtMs({ probes, mostProbes, lastProbeMs }: Circuit): number {
  return probes < mostProbes ? 0 : lastProbeMs + PROBE_PATIENCE_MS
}

/**
 * Lets a call through or not. A circuit whose rest is over takes probes: one at first, more as they begin to answer. With
 * `early` it takes one before the rest is over, for routes that have nothing better.
 */
export function admitCall(circuit: Circuit, nowMs: number, early: boolean): CallVerdict {
  if (circuit.state === 'closed') return 'closed'
  if (roomAtMs(circuit) > nowMs || (circuit.openUntilMs > nowMs && !early)) return 'refused'
  circuit.probes += 1
  circuit.lastProbeMs = nowMs
  return 'probe'
}

/** A probe that began before the circuit last opened belongs to an earlier rest and proves nothing about this one. */
function isCurrentProbe(circuit: Circuit, { isProbe, startedAtMs }: AdmittedCall): boolean {
  return circuit.state === 'open' && isProbe && startedAtMs >= circuit.openedAtMs
}

/** Gives a probe's slot back without a verdict. */
export function freeProbe(circuit: Circuit, call: AdmittedCall): void {
  if (isCurrentProbe(circuit, call) && !call.isAnswering) circuit.probes = Math.max(0, circuit.probes - 1)
}

/** A probe has begun to answer: more may follow it, without waiting for the end of a long answer. */
export function recordAnswer(circuit: Circuit, call: AdmittedCall, nowMs: number): void {
  if (isCurrentProbe(circuit, call)) {
    freeProbe(circuit, call)
    prove(circuit, call)
    circuit.mostProbes *= 2
    if (circuit.mostProbes >= MOST_PROBES) close(circuit, nowMs)
  }
  call.isAnswering = true
}

/** Records a complete answer. A probe's closes the circuit; stragglers from before it opened prove nothing. */
export function recordSuccess(circuit: Circuit, call: AdmittedCall, nowMs: number): void {
  if (circuit.state === 'closed') {
    circuit.streak = 0
    prove(circuit, call)
    countCall(circuit.window, false, nowMs)
  } else if (isCurrentProbe(circuit, call)) {
    prove(circuit, call)
    close(circuit, nowMs)
  }
}

function prove(circuit: Circuit, { startedAtMs }: AdmittedCall): void {
  circuit.provenAtMs = Math.max(circuit.provenAtMs, startedAtMs)
}

function close(circuit: Circuit, nowMs: number): void {
  circuit.state = 'closed'
  circuit.streak = 0
  circuit.closedAtMs = nowMs
  circuit.probes = 0
  circuit.mostProbes = 1
  clearWindow(circuit.window)
}

/** What a fault is judged with. */
export interface FaultMoment {
  readonly nowMs: number
  readonly random: Random
  readonly rules: CircuitRules
  /** Does the share of faults count, or only the row? */
  readonly countsShare: boolean
}

/**
 * Records a fault. Gives true when it opened the circuit, or opened it again. A call that hung while the target was down
 * fails long after it is up again: what began before the newest proof of life is no news about the present.
 */
export function recordFault(circuit: Circuit, call: AdmittedCall, moment: FaultMoment): boolean {
  const isOldNews = call.startedAtMs < circuit.provenAtMs
  if (circuit.state === 'open') {
    if (!isCurrentProbe(circuit, call)) return false
    freeProbe(circuit, call)
    if (isOldNews) return false
    open(circuit, moment, false)
    return true
  }
  const { nowMs, rules } = moment
  if (call.startedAtMs < circuit.closedAtMs) return false
  if (!isOldNews) circuit.streak += 1
  countCall(circuit.window, true, nowMs)
  const isDown =
    circuit.streak >= rules.faults || (moment.countsShare && isMostlyFaulty(circuit, rules, nowMs))
  if (!isDown) return false
  if (nowMs - circuit.closedAtMs > STABLE_MS) circuit.openings = 0
  open(circuit, moment, circuit.streak < rules.faults)
  return true
}

function isMostlyFaulty(
  { window }: Circuit,
  { leastCalls, faultShare }: CircuitRules,
  nowMs: number,
): boolean {
  const { calls, faults } = sumWindow(window, nowMs)
  return calls >= leastCalls && faults >= calls * faultShare
}

/** True for a circuit that would not be missed: closed, without a fault that still counts, and stable. */
export function isForgettable(circuit: Circuit, nowMs: number): boolean {
  if (circuit.state === 'open') return false
  if (circuit.openings > 0 && nowMs - circuit.closedAtMs <= STABLE_MS) return false
  return circuit.streak === 0 && sumWindow(circuit.window, nowMs).faults === 0
}

function open(circuit: Circuit, { nowMs, random, rules }: FaultMoment, isPartial: boolean): void {
  const restMs = Math.min(rules.longestRestMs, rules.firstRestMs * 2 ** circuit.openings)
  circuit.state = 'open'
  circuit.isPartial = isPartial
  circuit.openings += 1
  circuit.openedAtMs = nowMs
  circuit.openUntilMs = nowMs + restMs * (1 - JITTER * random.next())
  circuit.probes = 0
  circuit.mostProbes = rules.probes
  circuit.streak = 0
  clearWindow(circuit.window)
}
