import type { Ask } from '../../exchange/ask.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { CannotTell, type Checked } from '../../guardrails/check.ts'
import type { CheckOpinion } from '../../guardrails/check-opinion.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import type { GuardParts } from './guard-parts.ts'

/** What checks judge with. */
export interface CheckParts extends GuardParts {
  readonly ask: Ask
}

/** What they need of it to judge. */
type RunParts = Pick<CheckParts, 'ask' | 'clock'> & { readonly telemetry: Pick<Telemetry, 'log'> }

/** What is judged. */
type CheckSubject = Pick<Checked, 'phase' | 'texts' | 'exchange' | 'answer' | 'mayMend'>

/**
 * Has checks judge texts, all at the same time, each as long as it may. One that breaks, hangs or says what cannot be has failed. Nobody
 * is asked about texts of which there are none, or more than can be judged. Rejects with `client-gone` where nobody wants to know any more.
 */
export async function runChecks(
  parts: RunParts,
  opinions: readonly CheckOpinion[],
  subject: CheckSubject,
): Promise<void> {
  if (subject.texts.length === 0) return
  const characters = subject.texts.reduce((sum, { length }) => sum + length, 0)
  if (characters > LIMITS.checkedCharacters) for (const opinion of opinions) opinion.fail()
  else await Promise.all(opinions.map((opinion) => runCheck(parts, opinion, subject)))
  if (subject.exchange.signal.aborted) throw new Failure('client-gone')
}

async function runCheck(
  { clock, ask, telemetry }: RunParts,
  opinion: CheckOpinion,
  subject: CheckSubject,
): Promise<void> {
  const { name, check, budgetMs } = opinion.guardrail
  const beganMs = clock.elapsedMs()
  const time = new Time(subject.exchange.signal)
  const timer = clock.after(budgetMs, () => time.stop())
  try {
    const exchange = parentOf(subject.exchange, time.signal, clock.nowMs() + budgetMs)
    const mayMend = subject.mayMend ?? opinion.mends
    const judged = check.judge({ ...subject, exchange, ask, signal: time.signal, mayMend })
    const finding = await Promise.race([judged, time.over])
    if (finding === undefined) opinion.fail()
    else opinion.hear(finding, subject.texts)
  } catch (thrown) {
    opinion.fail(thrown instanceof Failure ? thrown : undefined)
    telemetry.log('warn', 'a check could not judge', { guardrail: name, error: reasonOf(thrown) })
  } finally {
    timer.cancel()
    time.stop()
    opinion.spentMs += clock.elapsedMs() - beganMs
  }
}

/** What may be told of it: the words of a defect may repeat what was judged. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof Failure) return thrown.code
  if (thrown instanceof CannotTell) return thrown.message
  return thrown instanceof Error ? thrown.name : 'something was thrown'
}

/**
 * The exchange as the parent of what a check asks: out of the budgets of its caller and under what holds for it, but whatever models and
 * operations its key is for, since it is not the caller who has chosen to ask.
 */
function parentOf(exchange: Exchange, signal: AbortSignal, untilMs: number): Exchange {
  const { models: _models, operations: _operations, ...caller } = exchange.caller
  return { ...exchange, caller, signal, deadlineAtMs: Math.min(exchange.deadlineAtMs, untilMs) }
}

/** The time of a check: over when it is spent, or nobody wants to know any more. */
class Time {
  readonly #abort = new AbortController()
  readonly #over = Promise.withResolvers<undefined>()
  readonly #client: AbortSignal

  constructor(client: AbortSignal) {
    this.#client = client
    if (client.aborted) this.stop()
    else client.addEventListener('abort', this.stop, { once: true })
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get over(): Promise<undefined> {
    return this.#over.promise
  }

  readonly stop = (): void => {
    this.#client.removeEventListener('abort', this.stop)
    this.#abort.abort()
    this.#over.resolve(undefined)
  }
}

/**
 * In which order checks judge: those that mend what is said, those that mask in it, those that say whom it may reach, then everybody else,
 * so that nobody is asked about what a mask takes away, or beyond where it may go. Those that stand together judge at the same time.
 */
export function roundsOf(opinions: readonly CheckOpinion[]): readonly (readonly CheckOpinion[])[] {
  return TURNS.map((isTurn) => opinions.filter(isTurn)).filter(({ length }) => length > 0)
}

const TURNS: readonly ((opinion: CheckOpinion) => boolean)[] = [
  ({ mends }) => mends,
  ({ mends, masks }) => masks && !mends,
  ({ mends, masks, restricts }) => restricts && !masks && !mends,
  ({ mends, masks, restricts }) => !restricts && !masks && !mends,
]
