import type { Random } from '../kit/random.ts'
import { clearWindow, countCall, createFaultWindow, sumWindow, type FaultWindow } from './fault-window.ts'

/** Faults in a row that open a circuit. */
const CONSECUTIVE_FAULTS = 5
/** Share of faults in the window that opens it, once the window holds enough calls to mean something. */
const FAULT_SHARE = 0.5
const LEAST_CALLS = 20
const FIRST_REST_MS = 5_000
const LONGEST_REST_MS = 120_000
/** Restarts of many gateways would otherwise probe a recovering provider in step. */
const JITTER = 0.2
/** A circuit that stayed closed this long starts over with the shortest rest. */
const STABLE_MS = 60_000
/** A probe that never reports gives its place back after this time. */
const PROBE_LEASE_MS = 120_000

/** How a call was let through: in the ordinary way, as the one probe of a resting target, or not at all. */
export type Admission = 'closed' | 'probe' | 'refused'

/** The breaker of one target. Changed only by the functions of this file; times are monotonic milliseconds. */
export interface Circuit {
  state: 'closed' | 'open'
  consecutive: number
  /** Openings in a row without a stable time between. */
  openings: number
  openUntilMs: number
  closedAtMs: number
  /** Until when the place of the probe is taken; 0: free. */
  probeUntilMs: number
  readonly window: FaultWindow
}

/** Creates a closed circuit. */
export function createCircuit(): Circuit {
  return {
    state: 'closed',
    consecutive: 0,
    openings: 0,
    openUntilMs: 0,
    closedAtMs: 0,
    probeUntilMs: 0,
    window: createFaultWindow(),
  }
}

/** When an open circuit takes its next probe; undefined when a call would be let through now. */
export function restsUntil(circuit: Circuit, nowMs: number): number | undefined {
  if (circuit.state === 'closed') return undefined
  const untilMs = Math.max(circuit.openUntilMs, circuit.probeUntilMs)
  return untilMs > nowMs ? untilMs : undefined
}

/**
 * Lets a call through or not. A circuit whose rest is over takes one probe at a time; with `early` it takes that probe
 * before the rest is over, for routes that have nothing better.
 */
export function admitCall(circuit: Circuit, nowMs: number, early: boolean): Admission {
  if (circuit.state === 'closed') return 'closed'
  if (circuit.probeUntilMs > nowMs) return 'refused'
  if (circuit.openUntilMs > nowMs && !early) return 'refused'
  circuit.probeUntilMs = nowMs + PROBE_LEASE_MS
  return 'probe'
}

/** Gives the probe's place back without a verdict. */
export function freeProbe(circuit: Circuit): void {
  circuit.probeUntilMs = 0
}

/** Records a complete answer. A probe's closes the circuit; stragglers from before it opened prove nothing. */
export function recordSuccess(circuit: Circuit, admission: Admission, nowMs: number): void {
  if (circuit.state === 'closed') {
    circuit.consecutive = 0
    countCall(circuit.window, false, nowMs)
    return
  }
  if (admission !== 'probe') return
  circuit.state = 'closed'
  circuit.consecutive = 0
  circuit.closedAtMs = nowMs
  circuit.probeUntilMs = 0
  clearWindow(circuit.window)
}

/** What a fault is judged with. */
export interface FaultMoment {
  readonly admission: Admission
  readonly nowMs: number
  readonly random: Random
}

/** Records a fault. Gives true when it opened the circuit, or opened it again. */
export function recordFault(circuit: Circuit, { admission, nowMs, random }: FaultMoment): boolean {
  if (circuit.state === 'open') {
    if (admission !== 'probe') return false
    open(circuit, nowMs, random)
    return true
  }
  circuit.consecutive += 1
  countCall(circuit.window, true, nowMs)
  if (circuit.consecutive < CONSECUTIVE_FAULTS && !isMostlyFaulty(circuit, nowMs)) return false
  if (nowMs - circuit.closedAtMs > STABLE_MS) circuit.openings = 0
  open(circuit, nowMs, random)
  return true
}

function isMostlyFaulty(circuit: Circuit, nowMs: number): boolean {
  const { calls, faults } = sumWindow(circuit.window, nowMs)
  return calls >= LEAST_CALLS && faults >= calls * FAULT_SHARE
}

function open(circuit: Circuit, nowMs: number, random: Random): void {
  const restMs = Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** circuit.openings)
  circuit.state = 'open'
  circuit.openings += 1
  circuit.openUntilMs = nowMs + restMs * (1 + JITTER * (2 * random.next() - 1))
  circuit.probeUntilMs = 0
  circuit.consecutive = 0
  clearWindow(circuit.window)
}
