import { callerId } from '../../exchange/caller.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { EndListener } from '../../exchange/watcher.ts'
import type { Clock } from '../../kit/clock.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createLru } from '../../kit/lru.ts'
import type { Candidate } from '../../routing/choice.ts'

/** After so many dropped answers of a model a session does not begin with it again. */
const ENOUGH = 2
/** For so long since the last of them. */
const REMEMBERED_MS = 30 * 60_000

interface Dropped {
  count: number
  untilMs: number
}

/**
 * Which sessions begin higher up because the first rung has failed them: an agent whose every second step is done twice pays for both
 * and waits for both. A bounded memory of this process, of hashes; to lose it costs two cheap answers.
 */
export class Climbs {
  readonly #clock: Clock
  readonly #sessions = createLru<string, Dropped>(LIMITS.escalatedSessions)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The candidates of an exchange, with the model behind the others that has failed its session. Takes down that it is so. */
  order(exchange: Exchange, candidates: readonly Candidate[]): readonly Candidate[] {
    const session = sessionOf(exchange)
    const first = candidates[0]?.target
    if (session === undefined || first === undefined) return candidates
    const key = `${session}\n${first.model}`
    const now = this.#clock.elapsedMs()
    const dropped = this.#sessions.get(key)
    const isCurrent = dropped !== undefined && dropped.untilMs > now
    if (isCurrent && dropped.count >= ENOUGH) {
      exchange.trail.decide({ step: 'climb', past: first.id, answers: dropped.count })
      const [own, others]: [Candidate[], Candidate[]] = [[], []]
      for (const one of candidates) (one.target.model === first.model ? own : others).push(one)
      return [...others, ...own]
    }
    exchange.trail.onEnd(new Climb(exchange, first.id, () => this.#drop(key, isCurrent ? dropped.count : 0)))
    return candidates
  }

  #drop(key: string, count: number): void {
    this.#sessions.set(key, { count: count + 1, untilMs: this.#clock.elapsedMs() + REMEMBERED_MS })
  }
}

/** Tells at the end of an exchange that the answer of its first rung was dropped. */
class Climb implements EndListener {
  readonly #exchange: Exchange
  readonly #target: string
  readonly #tell: () => void

  constructor(exchange: Exchange, target: string, tell: () => void) {
    this.#exchange = exchange
    this.#target = target
    this.#tell = tell
  }

  onEnd(): void {
    const isDropped = this.#exchange.trail.steps.some(
      (step) => step.step === 'verdict' && step.says === 'reject' && step.target === this.#target,
    )
    if (isDropped) this.#tell()
  }
}

/** Only the hash is kept, with its caller in it: two of them may use one word. */
function sessionOf({ caller, route, requestOptions: { session } }: Exchange): string | undefined {
  return session === undefined
    ? undefined
    : sha256Hex(JSON.stringify([callerId(caller), route?.name, session]))
}
