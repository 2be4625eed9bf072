import {
  ContentRecord,
  lesserMode,
  type ContentMode,
  type ContentRule,
  type ContentTerms,
} from '../../exchange/content-record.ts'
import type { Attempt, Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { operationOf } from '../../exchange/operations/all.ts'
import { watchResponse, type EndListener, type Watcher } from '../../exchange/watcher.ts'
import type { Admission, AttemptAdmission, Layer } from '../policy.ts'

/** What was taken down of an exchange that is over. */
export interface EndedContent {
  readonly exchange: Exchange
  readonly record: ContentRecord
}

/** Takes what was taken down; must neither throw nor wait. */
export type TakeContent = (ended: EndedContent) => void

export interface KeepContentParts {
  /** The rules of the plan. Where either is absent, nothing is kept. */
  readonly terms?: ContentTerms
  readonly keep?: TakeContent
}

/**
 * Creates the admission that decides how much of what is said is kept, and has it taken down. A request may ask for less than the rules
 * say, and is refused with `override-not-allowed` where it asks for more. Of what the house asks, and of questions about stored answers,
 * nothing is kept.
 */
export function createKeepContent(parts: KeepContentParts): Admission {
  const { terms, keep } = parts
  return (exchange) => {
    const wished = exchange.requestOptions.log
    if (terms === undefined || keep === undefined || terms.isOff) {
      if (wished !== undefined) heedWish({ keep: 'none', by: 'default' }, wished)
      return exchange
    }
    if (exchange.asked !== undefined || exchange.route === undefined) return exchange
    takeDown(keep, exchange, heedWish(ruleOf(terms, exchange), wished))
    return exchange
  }
}

function ruleOf(terms: ContentTerms, { trail, caller }: Exchange): ContentRule {
  const { keyName, owners } = caller
  return terms.ruleFor({ route: trail.route ?? '', keyName, project: owners.project })
}

/** What holds where a request asks for as much; throws `override-not-allowed` where it asks for more than it may. */
function heedWish(rule: ContentRule, wished: ContentMode | undefined): ContentRule {
  if (wished === undefined || wished === rule.keep) return rule
  if (lesserMode(rule.keep, wished) === wished) return { keep: wished, by: 'request' }
  throw new Failure('override-not-allowed', {
    message: `No more than "${rule.keep}" of what is said is kept here, so "log" cannot be "${wished}". Ask for less, or leave it out.`,
    param: 'gatehouse.log',
  })
}

function takeDown(keep: TakeContent, exchange: Exchange, rule: ContentRule): void {
  const { trail, request } = exchange
  trail.decide({ step: 'content', keep: rule.keep, by: rule.by })
  if (rule.keep === 'none') return
  const record = new ContentRecord(rule.keep, request.operation)
  trail.content = record
  // The bytes still pass; what they say is read along. Answers that are no text are not kept.
  if (operationOf(request).writes === 'tokens') trail.claimContent('read')
  trail.onEnd(new HandOver(keep, { exchange, record }))
}

/** Hands on what was taken down, at the end. */
class HandOver implements EndListener {
  readonly #keep: TakeContent
  readonly #ended: EndedContent

  constructor(keep: TakeContent, ended: EndedContent) {
    this.#keep = keep
    this.#ended = ended
  }

  onEnd(): void {
    this.#keep(this.#ended)
  }
}

/** Creates the layer that hears what the client gets, where that is kept. */
export function createHearAnswer(): Layer {
  return (next) => (exchange) => {
    const { content, contentAccess } = exchange.trail
    if (content === undefined || contentAccess === 'none') return next(exchange)
    return next(exchange).then((response) => watchResponse(response, content))
  }
}

/** Has it taken down what attempts that fail were answered, where content is kept. */
export const noteFailedAttempt: AttemptAdmission = (attempt) => {
  const { content } = attempt.exchange.trail
  return content === undefined ? undefined : new FailureListener(content, attempt)
}

class FailureListener implements Watcher {
  readonly #record: ContentRecord
  readonly #attempt: Attempt

  constructor(record: ContentRecord, attempt: Attempt) {
    this.#record = record
    this.#attempt = attempt
  }

  onEnd(failure?: Failure): void {
    if (failure === undefined || failure.code === 'client-gone') return
    const { id, target } = this.#attempt
    this.#record.noteFailed({ attempt: id, target: target.id, failure })
  }
}
