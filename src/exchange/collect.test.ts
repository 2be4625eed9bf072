import { expect, test } from 'bun:test'
import { cpuMsOf } from '../kit/cpu-time.fixture.ts'
import type { ChatEvent } from './chat-content.ts'
import { collect } from './collect.ts'

const OFTEN = 20_000

test('a text with very many sources is folded in one go', () => {
  const cited: ChatEvent = { type: 'citation', choice: 0, index: 0, citation: { url: 'https://e.example' } }
  const events: readonly ChatEvent[] = [
    {
      type: 'block-start',
      choice: 0,
      index: 0,
      block: { type: 'text', text: 'a', citations: [{ text: 'first' }] },
    },
    ...Array.from({ length: OFTEN }, () => cited),
  ]
  let citations = 0
  const tookMs = cpuMsOf(() => {
    const [block] = collect(events).choices[0]?.blocks ?? []
    citations = block?.type === 'text' ? (block.citations?.length ?? 0) : 0
  })
  expect(citations).toBe(OFTEN + 1)
  expect(tookMs).toBeLessThan(500)
})
