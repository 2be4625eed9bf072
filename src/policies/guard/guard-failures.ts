import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Eye } from '../../guardrails/eye.ts'
import { defined } from '../../kit/defined.ts'

/** Is the client refused in the words of a model? Only an answer in a conversation can say them, and only in its usual shape. */
export function isRefusedByModel({ request }: Exchange, { guardrail, hasFound }: Eye): boolean {
  const { action } = guardrail
  const mayBeSaid = request.operation === 'chat' && request.answerShape === undefined
  return mayBeSaid && hasFound && action.type === 'block' && action.answer === 'refusal'
}

const USUAL = 'This cannot be answered here.'

/** What a client is told in the words of a model where a guardrail blocks. */
export function messageOf({ guardrail: { action } }: Eye): string {
  return (action.type === 'block' ? action.message : undefined) ?? USUAL
}

/** Why a request is not sent, or an answer not given. What was found is not told. */
export function failureOf({ guardrail, hasFound }: Eye): Failure {
  const { name, action } = guardrail
  const facts = { guardrail: name }
  if (!hasFound) return new Failure('guardrail-failed', { facts })
  const message = action.type === 'block' ? action.message : undefined
  return new Failure('guardrail-blocked', { facts, ...defined({ message }) })
}
