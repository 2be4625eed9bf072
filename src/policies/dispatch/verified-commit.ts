import type { Acceptance, Finding } from '../../exchange/acceptance.ts'
import type { Ask } from '../../exchange/ask.ts'
import type { ChatRequest } from '../../exchange/chat.ts'
import type { Message } from '../../exchange/collect.ts'
import type { Attempt, Exchange } from '../../exchange/exchange.ts'
import { createFoldOf } from '../../exchange/operations/all.ts'
import type { ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { watchResponse, type Watcher } from '../../exchange/watcher.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import { andThen } from '../../kit/maybe-promise.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'
import { JUDGE, judgeQuestion, readJudgement } from '../../verifying/judge.ts'
import { lookAt, rejectedBy, UNJUDGED } from '../../verifying/look-at.ts'
import type { FoundBy } from '../guard/found-by.ts'
import { atFirstMeaning, HeldResponse, usualCommit, type Commit } from './commit.ts'
import { ProbedAnswer } from './probed-answer.ts'
import { Rejection } from './rejection.ts'

/** As records and metrics name whoever is asked by `guardrails`; the reason is the name of one. */
const GUARDRAIL = 'guardrail'

/** What it takes to have answers looked at. */
export interface VerifyingParts {
  /** By which a judge is asked. Absent: none is. */
  readonly ask?: Ask
  /** By which guardrails are asked. Absent: there is none. */
  readonly foundBy?: FoundBy | undefined
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** What makes the answers to a request acceptable; undefined where every answer is, as of operations that are no conversation. */
export function acceptanceOf({
  request,
  route,
}: Pick<Exchange, 'request' | 'route'>): Acceptance | undefined {
  return request.operation === 'chat' ? route?.accept : undefined
}

/**
 * When the answer of an attempt may be shown: as its route says, else when it has begun to say something.
 *
 * @param mayStream false where it is shown when it is whole and not before
 */
export function commitFor(parts: VerifyingParts, attempt: Attempt, mayStream: boolean): Commit {
  const { exchange } = attempt
  const { request } = exchange
  const accept = acceptanceOf(exchange)
  if (accept === undefined || request.operation !== 'chat') return usualCommit(mayStream)
  // Of an answer in one piece nothing is shown before its end in any case.
  const mode = mayStream ? accept.stream : 'buffer'
  return judgingCommit(parts.clock, new Inquiry(parts, { attempt, request, accept }), mode)
}

function judgingCommit(clock: Clock, inquiry: Inquiry, mode: Acceptance['stream']): Commit {
  switch (mode) {
    case 'buffer':
      return (response) => inquiry.judgeWhole(new WholeAnswer(response))
    case 'probe':
      return (response) => inquiry.judgeBeginning(new ProbedAnswer(response, clock))
    case 'none':
      return (response) => andThen(atFirstMeaning(response), (shown) => inquiry.judgeAfterwards(shown))
  }
}

/** An answer that is held until its end. */
class WholeAnswer extends HeldResponse {
  async hold(): Promise<void> {
    while (!this.isWhole) this.keep(await this.more())
  }

  show(): ModelResponse {
    return this.shown()
  }
}

interface Subject {
  readonly attempt: Attempt
  readonly request: ChatRequest
  readonly accept: Acceptance
}

/** The looking at one answer. What is found is taken down, whatever it is. */
class Inquiry {
  readonly #parts: VerifyingParts
  readonly #subject: Subject

  constructor(parts: VerifyingParts, subject: Subject) {
    this.#parts = parts
    this.#subject = subject
  }

  /** Gives the answer when it is good. Rejects with `Rejection` otherwise, which holds it all the same. */
  async judgeWhole(answer: WholeAnswer): Promise<ModelResponse> {
    await answer.hold()
    const message = fold(answer.chunks)
    const found = this.#look(message, true)
    const guarded =
      message !== undefined && isUncontested(found) ? await this.#askGuardrails(answer.chunks, found) : found
    const finding =
      message !== undefined && isUncontested(guarded) ? await this.#askJudge(message, guarded) : guarded
    this.#takeDown(finding)
    if (finding.says === 'reject') throw this.#reject(finding, answer.show())
    return answer.show()
  }

  /** As `judgeWhole`, of what is known of a beginning. The rest is looked at for the record. */
  async judgeBeginning(answer: ProbedAnswer): Promise<ModelResponse> {
    await answer.hold()
    const finding = this.#look(fold(answer.chunks), answer.isOver)
    if (finding.says === 'reject') {
      this.#takeDown(finding)
      const rejection = this.#reject(finding, answer.isOver ? answer.show() : undefined)
      answer.cancel(rejection)
      throw rejection
    }
    return this.judgeAfterwards(answer.show())
  }

  /** Shows the answer, and looks at it when it is over. */
  judgeAfterwards(shown: ModelResponse): ModelResponse {
    return watchResponse(shown, new Afterwards((message) => this.#takeDown(this.#look(message, true), true)))
  }

  #look(message: Message | undefined, isWhole: boolean): Finding {
    const { request, accept } = this.#subject
    return message === undefined ? UNJUDGED : lookAt(accept, { request, message, isWhole })
  }

  /**
   * A judge who cannot be asked, or gives no verdict, changes nothing, and neither does one who takes long: an answer is at hand. Nobody
   * waits for the verdict on one that was outrun. Of several answers the first is judged.
   */
  async #askJudge(message: Message, found: Finding): Promise<Finding> {
    const { request, accept, attempt } = this.#subject
    const { ask, clock } = this.#parts
    const { exchange, signal } = attempt
    const [choice] = message.choices
    const { judge } = accept
    // No question leads to another.
    const mayAsk = ask !== undefined && exchange.asked === undefined
    if (judge === undefined || !mayAsk || choice === undefined) return found
    const question = judgeQuestion({ request, choice, isWhole: true }, judge)
    try {
      const deadlineAtMs = Math.min(exchange.deadlineAtMs, clock.nowMs() + LIMITS.judgeMs)
      const parent = { ...exchange, signal, deadlineAtMs }
      const reply = await ask({ request: question, purpose: 'judge', parent })
      const verdict = readJudgement(reply, judge)
      if (verdict.says === 'nothing') return found
      if (verdict.says === 'pass') return { says: 'pass', objections: [] }
      const { says: _says, ...why } = verdict
      return rejectedBy([{ by: JUDGE, ...why }])
    } catch {
      return found
    }
  }

  /** One that cannot judge changes nothing: it looks again at whatever is given. */
  async #askGuardrails(chunks: readonly ResponseChunk[], found: Finding): Promise<Finding> {
    const { accept, attempt } = this.#subject
    const { foundBy } = this.#parts
    const { exchange, signal } = attempt
    const { guardrails: names } = accept
    if (names === undefined || foundBy === undefined || exchange.asked !== undefined) return found
    const events = chunks.flatMap((chunk) => chunk.events)
    const by = await foundBy({ exchange: { ...exchange, signal }, events, names })
    return by.length === 0 ? found : rejectedBy(by.map((reason) => ({ by: GUARDRAIL, reason })))
  }

  #takeDown({ says, objections }: Finding, isShown = false): void {
    const { exchange, id, target } = this.#subject.attempt
    const { trail } = exchange
    const rung = 1 + trail.steps.filter((step) => step.step === 'verdict' && step.says === 'reject').length
    trail.decide({
      step: 'verdict',
      attempt: id,
      target: target.id,
      rung,
      says,
      ...(objections.length === 0 ? {} : { objections }),
      ...(isShown ? { shown: true } : {}),
    })
    const [first] = objections
    if (first === undefined) return
    const labels = {
      route: exchange.route?.name ?? '',
      rung: String(rung),
      reason: `${first.by}/${first.reason}`,
    }
    const name = isShown ? 'gatehouse_bad_answers_shown_total' : 'gatehouse_escalations_total'
    this.#parts.telemetry.count(name, labels)
  }

  #reject(finding: Finding, held: ModelResponse | undefined): Rejection {
    return new Rejection(finding.objections, held)
  }
}

function isUncontested({ says }: Finding): boolean {
  return says === 'pass' || says === 'nothing'
}

/** What the chunks say; undefined where something passed unread. */
function fold(chunks: readonly ResponseChunk[]): Message | undefined {
  const reading = new Reading()
  for (const chunk of chunks) reading.take(chunk)
  return reading.result()
}

/** What an answer has said so far. */
class Reading {
  readonly #fold = createFoldOf('chat')
  #hasMissed = false

  take({ events }: ResponseChunk): void {
    for (const event of events) {
      if (event.type === 'passed') this.#hasMissed = true
      else if (event.type !== 'failure') this.#fold.push(event)
    }
  }

  result(): Message | undefined {
    return this.#hasMissed ? undefined : this.#fold.result()
  }
}

/** Reads along, and tells when the answer is over what it was. What broke off is judged by that alone. */
class Afterwards implements Watcher {
  readonly #tell: (message: Message | undefined) => void
  readonly #reading = new Reading()

  constructor(tell: (message: Message | undefined) => void) {
    this.#tell = tell
  }

  onChunk(chunk: ResponseChunk): void {
    this.#reading.take(chunk)
  }

  onEnd(failure?: Failure): void {
    if (failure === undefined) this.#tell(this.#reading.result())
  }
}
