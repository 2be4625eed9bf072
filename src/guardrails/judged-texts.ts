import type { Turn } from '../exchange/chat.ts'
import { mapMembers } from '../exchange/request-texts.ts'
import type { Checked } from './check.ts'

/** Which texts of a conversation are judged before it is sent. */
export const JUDGED_TEXTS = ['all', 'user', 'last'] as const

export type JudgedTexts = (typeof JUDGED_TEXTS)[number]

/** What is to be judged of what a check is given: of a conversation that is sent all of it, or what its user says, or says last. */
export function judgedTexts(
  { phase, texts, exchange: { request } }: Pick<Checked, 'phase' | 'texts' | 'exchange'>,
  which: JudgedTexts,
): readonly string[] {
  if (which === 'all' || phase !== 'input' || request.operation !== 'chat') return texts
  const users = request.turns.filter(({ role }) => role === 'user')
  const said = new Set((which === 'last' ? users.slice(-1) : users).flatMap(textsIn))
  return texts.filter((text) => said.has(text))
}

function textsIn(turn: Turn): readonly string[] {
  const said: string[] = []
  mapMembers(turn, (text) => {
    said.push(text)
    return text
  })
  return said
}
