import { z } from 'zod'
import type { Block } from '../exchange/content.ts'
import { defineVerifier, PASS, reject } from './verifier.ts'

/** Characters of the pieces that are compared: longer than the keys and phrases that honest texts repeat. */
const PIECE = 24
/** How much of the end is looked at, since a model that has begun to go round does so until its end: a little, and a lot. */
const TAILS = [512, 16_384] as const
/** Of a rolling sum of characters (Rabin and Karp), which wraps at 32 bits. */
const BASE = 0x01000193

/** That the model has not begun to say the same again and again. */
export const repetition = defineVerifier({
  name: 'repetition',
  summary: 'that the answer does not go round in a loop',
  reasons: { loops: 'Most of the end of the answer says what was said just before.' },
  options: z.strictObject({
    most: z
      .number({ error: 'a number from 0.1 to 1' })
      .min(0.1, { error: 'a number from 0.1 to 1' })
      .max(1, { error: 'a number from 0.1 to 1' })
      .default(0.8)
      .describe('The largest share of the end of an answer that may repeat what it said before.'),
  }),
  judgesBeginnings: true,
  judge: ({ choice: { blocks } }, { most }) => {
    for (const block of blocks) {
      const text = wordsOf(block)
      for (const length of TAILS) {
        // A shorter text was looked at whole with the shorter tail.
        if (text.length < Math.min(length, TAILS[0])) continue
        const share = repeatedShare(text.slice(-length))
        if (share > most) return reject('loops', `${Math.round(share * 100)} % repeated`)
      }
    }
    return PASS
  },
})

function wordsOf(block: Block): string {
  switch (block.type) {
    case 'text':
    case 'reasoning':
    case 'refusal':
      return block.text
    case 'tool-call':
      return block.arguments
    case 'media':
    case 'search-result':
    case 'tool-result':
    case 'native':
      return ''
  }
}

/** Which share of the pieces of a text stood in it before. */
function repeatedShare(text: string): number {
  const seen = new Set<number>()
  let leaving = 1
  for (let at = 0; at < PIECE; at += 1) leaving = Math.imul(leaving, BASE)
  let sum = 0
  let repeated = 0
  for (let at = 0; at < text.length; at += 1) {
    sum = (Math.imul(sum, BASE) + text.charCodeAt(at)) | 0
    if (at >= PIECE) sum = (sum - Math.imul(leaving, text.charCodeAt(at - PIECE))) | 0
    if (at < PIECE - 1) continue
    if (seen.has(sum)) repeated += 1
    else seen.add(sum)
  }
  return repeated / Math.max(1, text.length - PIECE + 1)
}
