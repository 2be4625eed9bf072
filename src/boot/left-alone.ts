import { HookFailure, type Posting } from '../guardrails/hooks/letter.ts'
import type { Clock } from '../kit/clock.ts'
import { LIMITS } from '../kit/limits.ts'
import { createLru, type Lru } from '../kit/lru.ts'
import type { Random } from '../kit/random.ts'
import {
  admitCall,
  CIRCUIT_RULES,
  createCircuit,
  freeProbe,
  recordFault,
  recordSuccess,
  type AdmittedCall,
  type Circuit,
} from '../routing/circuit.ts'

/** By what it is known when somebody may be asked again. */
export interface Patience {
  readonly clock: Clock
  readonly random: Random
}

/** How a letter ended: answered in whatever way, not answered, or not waited for any more. */
export type LetterEnd = 'answered' | 'away' | 'left'

/** All letters of one request or answer to one server. */
interface Visit {
  readonly circuit: Circuit
  readonly call: AdmittedCall
  isOver: boolean
}

/**
 * Keeps letters from servers that have not answered a few times in a row. The letters of one request are let through together, or none of
 * them is: a request of which only one letter may go finds nothing out. How the first of them ends is how all of them do.
 */
export class LeftAlone {
  readonly #patience: Patience
  readonly #circuits: Lru<string, Circuit> = createLru(LIMITS.hookCircuits)
  readonly #visits = new WeakMap<Posting, Map<string, Visit>>()

  constructor(patience: Patience) {
    this.#patience = patience
  }

  /** Lets a letter through; gives what is to be told how it ended. Throws HookFailure where its server is left alone. */
  enter(url: string, posting: Posting): (end: LetterEnd) => void {
    const visit = this.#visitOf(`${posting.guardrail} ${url}`, posting)
    return (end) => {
      if (visit.isOver) return
      visit.isOver = true
      this.#end(visit, end)
    }
  }

  #visitOf(server: string, posting: Posting): Visit {
    const visits = this.#visits.get(posting) ?? new Map<string, Visit>()
    const known = visits.get(server)
    if (known !== undefined) return known
    const circuit = this.#circuits.get(server) ?? createCircuit()
    this.#circuits.set(server, circuit)
    const startedAtMs = this.#patience.clock.elapsedMs()
    const verdict = admitCall(circuit, startedAtMs, false)
    if (verdict === 'refused') throw new HookFailure('it has not answered and is left alone for a while')
    const call: AdmittedCall = { isProbe: verdict === 'probe', startedAtMs, isAnswering: false }
    const visit = { circuit, call, isOver: false }
    this.#visits.set(posting, visits.set(server, visit))
    return visit
  }

  #end({ circuit, call }: Visit, end: LetterEnd): void {
    const { clock, random } = this.#patience
    const nowMs = clock.elapsedMs()
    if (end === 'left') freeProbe(circuit, call)
    else if (end === 'answered') recordSuccess(circuit, call, nowMs)
    else recordFault(circuit, call, { nowMs, random, rules: CIRCUIT_RULES, countsShare: false })
  }
}
