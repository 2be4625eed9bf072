import { Failure } from '../../exchange/failure.ts'
import type { Eye } from '../../guardrails/eye.ts'
import { defined } from '../../kit/defined.ts'

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
