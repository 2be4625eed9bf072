import type { ContinueTerms } from '../../exchange/again.ts'
import { callerId } from '../../exchange/caller.ts'
import type { ContinueRefusal, ContinueStep } from '../../exchange/decision.ts'
import { defined } from '../../kit/defined.ts'
import { abortFailure, type Failure } from '../../exchange/failure.ts'
import type { ModelResponse } from '../../exchange/response.ts'
import type { RoutedExchange } from '../../exchange/exchange.ts'
import { addUsage, NO_USAGE, totalOutput, type Usage } from '../../exchange/usage.ts'
import type { Candidate } from '../../routing/choice.ts'
import type { Target } from '../../exchange/target.ts'
import { ContinuedSource, type Continuation, type Continuing } from './continued-source.ts'
import { Contest, type Chosen, type ContestParts, type Spent } from './contest.ts'
import { continuingRequest, type ContinuingRequest } from './continuing-request.ts'
import { JoinedAnswer } from './joined-answer.ts'
import { leadsElsewhere } from './judge.ts'
import { Overlap } from './overlap.ts'
import type { ToldSoFar } from './told-so-far.ts'

/** What it takes to go on with answers. */
export interface ContinuingParts extends ContestParts {
  /** Chooses anew among those of the route, and takes down how. */
  readonly chooseAgain: (exchange: RoutedExchange) => Chosen
}

/**
 * Has the answer of a contest gone on with when its provider breaks off: by a contest of its own, out of the same purse. Rejects as the
 * first contest does; of what follows it nothing is thrown.
 */
export async function runContinued(
  parts: ContinuingParts,
  { exchange, terms }: { readonly exchange: RoutedExchange; readonly terms: ContinueTerms },
  contest: Contest,
): Promise<ModelResponse> {
  const response = await contest.run()
  const source = new ContinuedSource(
    response.source,
    new ContinuingContest(parts, { exchange, terms, contest }),
  )
  return { ...response, source }
}

interface Begun {
  readonly exchange: RoutedExchange
  readonly terms: ContinueTerms
  readonly contest: Contest
}

/** Who is to be asked, with what, and out of which purse. */
interface Asking {
  readonly exchange: RoutedExchange
  readonly chosen: Chosen & { readonly after: Spent }
}

class ContinuingContest implements Continuing {
  readonly #parts: ContinuingParts
  readonly #exchange: RoutedExchange
  readonly #terms: ContinueTerms
  /** The one that has won last. */
  #contest: Contest
  /** Ids of the targets that have broken off, in that order. */
  readonly #brokenAt: string[] = []
  /** What those used who have said some of the answer, and broke off. */
  #used: Usage = NO_USAGE

  constructor(parts: ContinuingParts, { exchange, terms, contest }: Begun) {
    this.#parts = parts
    this.#exchange = exchange
    this.#terms = terms
    this.#contest = contest
  }

  mayFollow(failure: Failure): boolean {
    const { route, signal } = this.#exchange
    return failure.row.source === 'provider' && leadsElsewhere(failure, route) && !signal.aborted
  }

  async follow(told: ToldSoFar, signal: AbortSignal): Promise<Continuation | undefined> {
    const { trail } = this.#exchange
    const broken = trail.attempts.find(({ id }) => id === trail.servedAttemptId)
    if (broken === undefined) return undefined
    this.#used = addUsage(this.#used, broken.usage ?? NO_USAGE)
    this.#brokenAt.push(broken.target)
    const place = { attempt: broken.id, from: broken.target, characters: told.characters }
    const tell = (rest: Pick<ContinueStep, 'outcome' | 'reason' | 'to' | 'by'>): undefined => {
      trail.decide({ step: 'continue', ...place, ...rest })
      const labels = { route: this.#exchange.route.name, outcome: rest.outcome }
      this.#parts.telemetry.count('gatehouse_continuations_total', labels)
    }
    if (told.unfit !== undefined) return tell({ outcome: 'unfit', reason: told.unfit })
    const asking = await this.#prepare(told)
    if (typeof asking === 'string') return tell({ outcome: 'refused', reason: asking })
    const response = await this.#run(asking, signal)
    if (signal.aborted) {
      response?.source.cancel(abortFailure(signal))
      return undefined
    }
    const served = trail.served
    if (response === undefined || served === undefined) return tell({ outcome: 'failed' })
    const isOwn = asking.exchange.continued?.prefilled !== undefined && takesBeginnings(served)
    tell({ outcome: 'continued', to: served.id, by: isOwn ? 'prefill' : 'instruction' })
    trail.note('answer.continued', `text[${told.characters}]`)
    const { from, characters } = place
    return {
      source: response.source,
      joined: this.#join(told, isOwn),
      seam: { said: told.said, from, to: served.id, characters, ...defined({ wire: told.wire }) },
      mark: this.#terms.mark,
    }
  }

  #join(told: ToldSoFar, isOwn: boolean): JoinedAnswer {
    const { trail } = this.#exchange
    const { texts, open } = told
    return new JoinedAnswer({
      text: open.at(-1) ?? 0,
      overlap: new Overlap(texts.at(-1)?.text ?? '', isOwn),
      used: this.#used,
      notice: (code) => trail.note(code),
    })
  }

  /** Undefined where everybody has failed, each of whom has left a row. */
  async #run({ exchange, chosen }: Asking, signal: AbortSignal): Promise<ModelResponse | undefined> {
    const contest = new Contest(
      this.#parts,
      { ...exchange, signal: AbortSignal.any([exchange.signal, signal]) },
      chosen,
    )
    this.#contest = contest
    try {
      return await contest.run()
    } catch {
      return undefined
    }
  }

  /** Finds who is asked. What the answer would be checked for, and who would be asked beside whom, is for answers from their beginning. */
  async #prepare(told: ToldSoFar): Promise<Asking | ContinueRefusal> {
    const { request, route } = this.#exchange
    if (request.operation !== 'chat') return 'not-text'
    const asked = continuingRequest(request, told.texts, totalOutput(this.#used))
    if (asked === undefined) return 'at-limit'
    const { request: next, ...continued } = asked
    const exchange = { ...this.#exchange, request: next, continued }
    const chosen = this.#parts.chooseAgain(exchange)
    const candidates = this.#inOrder(chosen.candidates, asked)
    const { purse, made } = this.#contest.spent
    purse.count()
    const left = purse.for(exchange)
    const refusal = await this.#mayBegin(candidates[0]?.target, left)
    if (refusal !== undefined) return refusal
    const { accept: _accept, pace: _pace, ...plain } = route
    return {
      exchange: { ...exchange, route: plain },
      chosen: { candidates, chooseFor: (led) => chosen.chooseFor(led), after: { purse: left, made } },
    }
  }

  async #mayBegin(first: Target | undefined, purse: Spent['purse']): Promise<ContinueRefusal | undefined> {
    if (first === undefined) return 'nobody'
    if (purse.remainingMs <= 0 || !purse.grants(first, 0)) return 'purse'
    if (!this.#parts.retries.spend(callerId(this.#exchange.caller))) return 'retry-budget'
    return (await purse.covers(first, [])) ? undefined : 'purse'
  }

  /** The same model elsewhere goes on most alike; whoever has broken off comes last, the latest behind the others. */
  #inOrder(candidates: readonly Candidate[], { prefilled }: ContinuingRequest): readonly Candidate[] {
    const model = this.#exchange.trail.served?.model
    const rankOf = ({ target }: Candidate): number => {
      const brokenAs = this.#brokenAt.lastIndexOf(target.id)
      if (brokenAs < 0) return target.model === model ? 0 : 1
      return 2 + brokenAs
    }
    const mayBe = this.#terms.instructs
      ? candidates
      : candidates.filter(({ target }) => prefilled !== undefined && takesBeginnings(target))
    return mayBe.toSorted((left, right) => rankOf(left) - rankOf(right))
  }
}

function takesBeginnings({ capabilities }: Target): boolean {
  return capabilities.prefill === true
}
