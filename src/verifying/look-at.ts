import type { Acceptance, Finding, Objection } from '../exchange/acceptance.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import type { Message } from '../exchange/collect.ts'
import { declines, refusal } from './refusal.ts'

const STAYS: Finding = { says: 'stays', objections: [] }
const PASSES: Finding = { says: 'pass', objections: [] }
/** Nobody could say anything of it. */
export const UNJUDGED: Finding = { says: 'nothing', objections: [] }

/** An answer and what it is one to. */
export interface Answer {
  readonly request: ChatRequest
  readonly message: Message
  /** False where only its beginning is known. */
  readonly isWhole: boolean
}

/** Has all verifiers look at an answer. Where a request gets several (`n`), each has to be good. Pure. */
export function lookAt({ verifiers, refusals }: Acceptance, { request, message, isWhole }: Answer): Finding {
  const { choices } = message
  if (choices.some(declines)) return refusals === 'stay' ? STAYS : rejectedBy([DECLINED])
  const objections: Objection[] = []
  let hasPassed = false
  for (const { name, judgesBeginnings, judge } of verifiers) {
    if (!isWhole && !judgesBeginnings) continue
    for (const choice of choices) {
      const verdict = judge({ request, choice, isWhole })
      hasPassed ||= verdict.says === 'pass'
      if (verdict.says !== 'reject') continue
      const { says: _says, ...why } = verdict
      objections.push({ by: name, ...why })
      break
    }
  }
  if (objections.length > 0) return rejectedBy(objections)
  return hasPassed ? PASSES : UNJUDGED
}

const DECLINED: Objection = { by: refusal.name, reason: 'declined' }

/** The finding of those who object. */
export function rejectedBy(objections: readonly Objection[]): Finding {
  return { says: 'reject', objections }
}
