import type { CanaryTerms } from '../exchange/split.ts'
import { defined } from '../kit/defined.ts'
import { isObject, readNumber, readString, type Json } from '../kit/json.ts'

export type CanaryStatus = 'ramping' | 'held' | 'rolled-back' | 'complete'

/** What an operator may tell a canary. */
export const CANARY_ACTIONS = ['rollback', 'hold', 'resume'] as const

export type CanaryAction = (typeof CANARY_ACTIONS)[number]

/** How far a canary has come. It is all that is stored, as JSON. */
export interface CanaryState {
  readonly fingerprint: string
  readonly status: CanaryStatus
  /** Index in the ramp. */
  readonly position: number
  /** Wall time since which it has this share and status. */
  readonly sinceMs: number
  /** Why it was rolled back or held. */
  readonly verdict?: string
}

type Terms = Pick<CanaryTerms<unknown>, 'ramp' | 'everyMs' | 'onBreach' | 'fingerprint' | 'guard'>

/** A canary that has just been written into the file. */
export function beginCanary({ fingerprint }: Terms, nowMs: number): CanaryState {
  return { fingerprint, status: 'ramping', position: 0, sinceMs: nowMs }
}

/** The buckets of a canary. */
export function shareOf({ ramp }: Terms, { status, position }: CanaryState): number {
  return status === 'rolled-back' ? 0 : (ramp[position] ?? 0)
}

/**
 * The next state of a canary that does no worse, the same one where it stays: a step further when its time has come and enough requests
 * were seen in this step.
 *
 * @param requests of the canary, since it has this share
 */
export function advance(
  { ramp, everyMs, guard }: Terms,
  state: CanaryState,
  { nowMs, requests }: { readonly nowMs: number; readonly requests: number },
): CanaryState {
  const isDue = nowMs - state.sinceMs >= everyMs && requests >= guard.minRequests
  if (state.status !== 'ramping' || !isDue) return state
  const isLast = state.position >= ramp.length - 1
  return isLast
    ? { ...state, status: 'complete', sinceMs: nowMs }
    : { ...state, position: state.position + 1, sinceMs: nowMs }
}

/** The state of a canary that does worse than it may. */
export function breach(terms: Terms, state: CanaryState, { nowMs, verdict }: Happening): CanaryState {
  if (state.status === 'rolled-back' || (state.status === 'held' && terms.onBreach === 'hold')) return state
  return { ...state, status: terms.onBreach === 'hold' ? 'held' : 'rolled-back', sinceMs: nowMs, verdict }
}

interface Happening {
  readonly nowMs: number
  readonly verdict: string
}

/** What an operator's word makes of a state. A canary that was rolled back begins anew. */
export function steer(terms: Terms, state: CanaryState, order: CanaryOrder): CanaryState {
  const { action, nowMs } = order
  if (action === 'resume')
    return state.status === 'rolled-back'
      ? beginCanary(terms, nowMs)
      : { fingerprint: state.fingerprint, status: 'ramping', position: state.position, sinceMs: nowMs }
  const status = action === 'hold' ? 'held' : 'rolled-back'
  return { ...state, status, sinceMs: nowMs, verdict: 'an operator said so' }
}

interface CanaryOrder {
  readonly action: CanaryAction
  readonly nowMs: number
}

/** Reads a stored state; undefined when it is none, or of another canary than the file now means. */
export function readCanaryState(stored: Json | undefined, terms: Terms): CanaryState | undefined {
  if (!isObject(stored)) return undefined
  const status = STATUSES.find((known) => known === readString(stored, 'status'))
  const position = readNumber(stored, 'position')
  const sinceMs = readNumber(stored, 'sinceMs')
  const fingerprint = readString(stored, 'fingerprint')
  if (status === undefined || position === undefined || sinceMs === undefined) return undefined
  if (fingerprint !== terms.fingerprint || terms.ramp[position] === undefined) return undefined
  const verdict = readString(stored, 'verdict')
  return { fingerprint, status, position, sinceMs, ...defined({ verdict }) }
}

const STATUSES: readonly CanaryStatus[] = ['ramping', 'held', 'rolled-back', 'complete']
