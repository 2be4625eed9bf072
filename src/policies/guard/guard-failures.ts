import type { Exchange } from '../../exchange/exchange.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Opinion } from '../../guardrails/opinion.ts'
import { defined } from '../../kit/defined.ts'

/** Is the client refused in the words of a model? Only an answer in a conversation can say them, and only in its usual shape. */
export function isRefusedByModel({ request }: Exchange, { guardrail, hasFound }: Opinion): boolean {
  const { action } = guardrail
  const mayBeSaid = request.operation === 'chat' && request.answerShape === undefined
  return mayBeSaid && hasFound && action.type === 'block' && action.answer === 'refusal'
}

const USUAL = 'This cannot be answered here.'

/** What a client is told in the words of a model where a guardrail blocks. */
export function messageOf({ guardrail: { action } }: Opinion): string {
  return (action.type === 'block' ? action.message : undefined) ?? USUAL
}

/** Why a request is not sent, or an answer not given. What was found is not told. */
export function failureOf({ guardrail, hasFound, failedBy }: Opinion): Failure {
  const { name, action } = guardrail
  const facts = { guardrail: name }
  // One that masks or tells blocks only where it could not look, whatever it has found before.
  if (!hasFound || action.type !== 'block')
    return ofCaller(failedBy) ?? new Failure('guardrail-failed', { facts })
  const message = action.type === 'block' ? action.message : undefined
  return new Failure('guardrail-blocked', { facts, ...defined({ message }) })
}

/** What is asked on behalf of a caller is held to his limits: where those are reached he is told that, and not that a guardrail is broken. */
const OF_CALLER: ReadonlySet<FailureCode> = new Set([
  'rate-limited',
  'budget-exceeded',
  'request-exceeds-budget',
  'budget-reserved',
])

function ofCaller(failure: Failure | undefined): Failure | undefined {
  return failure !== undefined && OF_CALLER.has(failure.code) ? failure : undefined
}
