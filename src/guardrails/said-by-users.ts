import type { Checked } from './check.ts'

/** The texts of people: of a conversation what its users say, of anything else all texts. An answer says all of its own. */
export function textsOfPeople({ phase, texts, exchange }: Checked): readonly string[] {
  const { request } = exchange
  if (phase === 'output' || request.operation !== 'chat') return texts
  return request.turns.flatMap(({ role, blocks }) =>
    role === 'user' ? blocks.flatMap((block) => (block.type === 'text' ? [block.text] : [])) : [],
  )
}
