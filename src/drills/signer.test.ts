import { describe, expect, test } from 'bun:test'
import type { ChatRequest, Turn } from '../exchange/chat.ts'
import type { Signature } from '../exchange/content.ts'
import { createSigner } from './signer.ts'

const signer = createSigner({ family: 'f', scheme: 's' }, 'secret')
const question: Turn = { role: 'user', blocks: [{ type: 'text', text: 'Why?' }] }
const first: ChatRequest = {
  operation: 'chat',
  model: 'reason',
  turns: [{ role: 'system', blocks: [{ type: 'text', text: 'Be brief.' }] }, question],
  stream: false,
  wantsUsage: false,
}

function followUp(text: string, signature: Signature): ChatRequest {
  const answer: Turn = { role: 'assistant', blocks: [{ type: 'reasoning', text, form: 'full', signature }] }
  return { ...first, turns: [...first.turns, answer, question] }
}

describe('the signature of reasoning', () => {
  const signature = signer.sign('Because.', first)

  test('holds when text and conversation come back as they were', () => {
    expect(signer.firstBroken(followUp('Because.', signature))).toBeUndefined()
  })

  test('does not mind cache marks, which move from turn to turn', () => {
    const chat = followUp('Because.', signature)
    const marked = chat.turns.map((turn) => ({
      ...turn,
      blocks: turn.blocks.map((block) => ({ ...block, cache: {} })),
    }))
    expect(signer.firstBroken({ ...chat, turns: marked })).toBeUndefined()
  })

  test('breaks when the text was changed, and says where on the wire', () => {
    expect(signer.firstBroken(followUp('Because!', signature))).toEqual({
      fault: 'changed',
      message: 1,
      block: 0,
    })
  })

  test('breaks when the conversation before it was changed', () => {
    const chat = followUp('Because.', signature)
    const other: Turn = { role: 'user', blocks: [{ type: 'text', text: 'How?' }] }
    const turns = chat.turns.map((turn, index) => (index === 1 ? other : turn))
    expect(signer.firstBroken({ ...chat, turns })).toMatchObject({ fault: 'moved' })
  })

  test("is refused when it is another provider's, or nonsense", () => {
    const foreign = createSigner({ family: 'f', scheme: 's' }, 'other').sign('Because.', first)
    expect(signer.firstBroken(followUp('Because.', foreign))).toMatchObject({ fault: 'changed' })
    expect(signer.firstBroken(followUp('Because.', { ...signature, value: '%%%' }))).toMatchObject({
      fault: 'changed',
    })
  })
})
