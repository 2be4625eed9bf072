import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import type { Failure } from '../exchange/failure.ts'
import type { FailureCode } from '../exchange/failure-table.ts'
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

/** Refusals that are about one model: the same credential may still serve others. */
const MODEL_BOUND: ReadonlySet<FailureCode> = new Set(['provider-forbidden'])

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
export function createHealthBoard({ clock, random, listen = () => {} }: HealthBoardParts): HealthBoard {
  const circuits = new Map<string, Circuit>()
  const targetsOff = createRestList(LIMITS.healthEntries)
  const cooldowns = createRestList(LIMITS.healthEntries)
  const refusedHere = createRestList(LIMITS.healthEntries)
  const refused = createRestList(LIMITS.healthEntries)

  const circuitOf = (target: string): Circuit => {
    let circuit = circuits.get(target)
    if (circuit !== undefined) return circuit
    if (circuits.size >= LIMITS.healthEntries) {
      const oldest = circuits.keys().next()
      if (!oldest.done) circuits.delete(oldest.value)
    }
    circuit = createCircuit()
    circuits.set(target, circuit)
    return circuit
  }

  const cool = (place: Place, failure: Failure): void => {
    const key = pairKey(place.target, place.credential)
    const named = failure.details.retryAfterMs
    const guessed = FIRST_COOLDOWN_MS * 2 ** cooldowns.strikes(key)
    const restMs =
      named === undefined
        ? Math.min(guessed, LONGEST_GUESSED_COOLDOWN_MS)
        : Math.min(named, LONGEST_NAMED_COOLDOWN_MS)
    cooldowns.rest(key, clock.elapsedMs() + restMs)
    listen('cooldown', place)
  }

  const turnOff = (place: Place, failure: Failure): void => {
    const untilMs = clock.elapsedMs() + CREDENTIAL_OFF_MS
    if (MODEL_BOUND.has(failure.code)) refusedHere.rest(pairKey(place.target, place.credential), untilMs)
    else refused.rest(place.credential, untilMs)
    listen('credential-off', place)
  }

  const offUntil = (target: string, credential: string, nowMs: number): number | undefined =>
    later(
      refused.until(credential, nowMs),
      refusedHere.size === 0 ? undefined : refusedHere.until(pairKey(target, credential), nowMs),
    )

  return {
    nowMs: () => clock.elapsedMs(),
    targetRestsUntil(target) {
      const nowMs = clock.elapsedMs()
      const circuit = circuits.get(target)
      return later(
        circuit === undefined ? undefined : restsUntil(circuit, nowMs),
        targetsOff.until(target, nowMs),
      )
    },
    credentialRestsUntil(target, credential) {
      if (cooldowns.size + refused.size + refusedHere.size === 0) return undefined
      const nowMs = clock.elapsedMs()
      return later(cooldowns.until(pairKey(target, credential), nowMs), offUntil(target, credential, nowMs))
    },
    isCredentialOff: (target, credential) => offUntil(target, credential, clock.elapsedMs()) !== undefined,
    admit(target, lastResort) {
      const nowMs = clock.elapsedMs()
      if (!lastResort && targetsOff.until(target, nowMs) !== undefined) return 'refused'
      return admitCall(circuitOf(target), nowMs, lastResort)
    },
    answering(target, admission) {
      if (admission === 'probe') freeProbe(circuitOf(target))
    },
    succeed(place, admission) {
      const circuit = circuitOf(place.target)
      const wasOpen = circuit.state === 'open'
      recordSuccess(circuit, admission, clock.elapsedMs())
      targetsOff.clear(place.target)
      if (cooldowns.size > 0) cooldowns.clear(pairKey(place.target, place.credential))
      if (wasOpen && circuit.state === 'closed') listen('closed', place)
    },
    fail(place, failure, admission) {
      const nowMs = clock.elapsedMs()
      const { health } = failure.row
      if (health === 'fault') {
        if (recordFault(circuitOf(place.target), { admission, nowMs, random })) listen('opened', place)
        return
      }
      if (admission === 'probe') freeProbe(circuitOf(place.target))
      if (health === 'cooldown') cool(place, failure)
      else if (health === 'credential-off') turnOff(place, failure)
      else if (health === 'target-off') {
        targetsOff.rest(place.target, nowMs + TARGET_OFF_MS)
        listen('target-off', place)
      }
    },
    release(target, admission) {
      if (admission === 'probe') freeProbe(circuitOf(target))
    },
    forgetCredential(credential) {
      refused.clear(credential)
      const ending = pairKey('', credential)
      refusedHere.clearEnding(ending)
      cooldowns.clearEnding(ending)
    },
    entries: () => {
      const nowMs = clock.elapsedMs()
      return [
        ...openCircuits(circuits, nowMs),
        ...targetsOff
          .entries(nowMs)
          .map(([target, restsMs]) => ({ kind: 'target-off', target, restsMs }) as const),
        ...pairEntries('cooldown', cooldowns, nowMs),
        ...pairEntries('credential-off', refusedHere, nowMs),
        ...refused
          .entries(nowMs)
          .map(([credential, restsMs]) => ({ kind: 'credential-off', credential, restsMs }) as const),
      ]
    },
    sizes: () => ({
      targets: circuits.size,
      open: openCircuits(circuits, clock.elapsedMs()).length,
      resting: cooldowns.size + refused.size + refusedHere.size,
    }),
  }
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
