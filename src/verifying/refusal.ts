import { z } from 'zod'
import type { Choice } from '../exchange/collect.ts'
import { APOLOGIES, REFUSAL_OPENINGS } from './refusal-words.ts'
import { defineVerifier, NOTHING, PASS, reject, textOf } from './verifier.ts'

/** How far into an answer it is looked for: a model that declines does so in its first sentence. */
const OPENING = 200
/** Apologies and words like `but` that may stand before it. */
const MOST_APOLOGIES = 3

/** That the model does not decline. By how it begins: see the list of openings. What the provider itself says of it is no matter of words: see `declines`. */
export const refusal = defineVerifier({
  name: 'refusal',
  summary: 'that the model does not decline to answer, or say that it cannot (by how it begins: a heuristic)',
  reasons: { 'declined-in-words': 'The answer begins as refusals do.', declined: 'The provider says so.' },
  options: z.strictObject({}),
  judgesBeginnings: true,
  judge: ({ choice, isWhole }) => {
    const text = textOf(choice.blocks)
    if (beginsAsRefusal(text)) return reject('declined-in-words')
    return isWhole || text.length >= OPENING ? PASS : NOTHING
  },
})

/** Does the provider say, in a field of its own, that the model declines or that it was kept from answering? */
export function declines({ blocks, finish }: Choice): boolean {
  if (finish?.reason === 'refusal' || finish?.reason === 'content-filter') return true
  return blocks.some(({ type }) => type === 'refusal')
}

function beginsAsRefusal(text: string): boolean {
  let opening = text
    .slice(0, 2 * OPENING)
    .toLowerCase()
    .replaceAll(/[‘’ʼ]/g, "'")
    .replaceAll(/\s{1,400}/g, ' ')
    .trimStart()
    .slice(0, OPENING)
  for (let count = 0; count <= MOST_APOLOGIES; count += 1) {
    const rest = opening
    if (REFUSAL_OPENINGS.some((words) => rest.startsWith(words))) return true
    const apology = APOLOGIES.find((words) => rest.startsWith(words))
    if (apology === undefined) return false
    opening = rest
      .slice(apology.length)
      .replace(/^[\s,.;:!、，。]{0,5}(?:but|aber|mais|pero|mas|ma|maar|ale|но|jedoch)?\s{0,2}/u, '')
  }
  return false
}
