import { describe, expect, test } from 'bun:test'
import type { ChatRequest, Turn } from '../exchange/chat.ts'
import type { Seal } from '../exchange/content.ts'
import { createSealer } from './seal.ts'

const sealer = createSealer({ family: 'f', scheme: 's' }, 'secret')
const question: Turn = { role: 'user', blocks: [{ type: 'text', text: 'Why?' }] }
const first: ChatRequest = {
  operation: 'chat',
  model: 'reason',
  turns: [{ role: 'system', blocks: [{ type: 'text', text: 'Be brief.' }] }, question],
  stream: false,
  wantsUsage: false,
}

function followUp(text: string, seal: Seal): ChatRequest {
  const answer: Turn = { role: 'assistant', blocks: [{ type: 'reasoning', text, form: 'full', seal }] }
  return { ...first, turns: [...first.turns, answer, question] }
}

describe('the seal on reasoning', () => {
  const seal = sealer.seal('Because.', first)

  test('holds when text and conversation come back as they were', () => {
    expect(sealer.firstBroken(followUp('Because.', seal))).toBeUndefined()
  })

  test('does not mind cache marks, which move from turn to turn', () => {
    const chat = followUp('Because.', seal)
    const marked = chat.turns.map((turn) => ({
      ...turn,
      blocks: turn.blocks.map((block) => ({ ...block, cache: {} })),
    }))
    expect(sealer.firstBroken({ ...chat, turns: marked })).toBeUndefined()
  })

  test('breaks when the text was changed, and says where on the wire', () => {
    expect(sealer.firstBroken(followUp('Because!', seal))).toEqual({ fault: 'changed', message: 1, block: 0 })
  })

  test('breaks when the conversation before it was changed', () => {
    const chat = followUp('Because.', seal)
    const other: Turn = { role: 'user', blocks: [{ type: 'text', text: 'How?' }] }
    const turns = chat.turns.map((turn, index) => (index === 1 ? other : turn))
    expect(sealer.firstBroken({ ...chat, turns })).toMatchObject({ fault: 'moved' })
  })

  test("is refused when it is another provider's, or nonsense", () => {
    const foreign = createSealer({ family: 'f', scheme: 's' }, 'other').seal('Because.', first)
    expect(sealer.firstBroken(followUp('Because.', foreign))).toMatchObject({ fault: 'changed' })
    expect(sealer.firstBroken(followUp('Because.', { ...seal, value: '%%%' }))).toMatchObject({
      fault: 'changed',
    })
  })
})
