import { z } from 'zod'
import type { Block } from '../exchange/content.ts'
import { defineVerifier, NOTHING, PASS, reject } from './verifier.ts'

/** That there is an answer at all. Nothing whatever is a failure of its own already (`empty-response`). */
export const empty = defineVerifier({
  name: 'empty',
  summary: 'that something is said besides white space and thoughts',
  reasons: { 'says-nothing': 'The answer is white space, or thoughts without an answer.' },
  options: z.strictObject({}),
  judgesBeginnings: false,
  judge: ({ choice: { blocks, finish } }) => {
    if (blocks.some(saysSomething)) return PASS
    return finish?.reason === 'pause' ? NOTHING : reject('says-nothing')
  },
})

function saysSomething(block: Block): boolean {
  switch (block.type) {
    case 'text':
      return /\S/.test(block.text)
    case 'refusal':
    case 'media':
    case 'tool-call':
    case 'tool-result':
    case 'search-result':
    case 'native':
      return true
    case 'reasoning':
      return false
  }
}
