import type { Block } from '../exchange/content.ts'
import { defined } from '../kit/defined.ts'

/**
 * Texts and thoughts of an answer are one again that a client kept as the pieces of the stream in which they came. A proof ends what it
 * belongs to; a text that says nothing and proves nothing is left out.
 */
export function joinPieces(blocks: readonly Block[]): Block[] {
  const joined: Block[] = []
  for (const block of blocks) {
    const last = joined.at(-1)
    const whole = last === undefined ? undefined : joinPair(last, block)
    if (whole === undefined) joined.push(block)
    else joined[joined.length - 1] = whole
  }
  return joined.filter((block) => block.type !== 'text' || block.text !== '' || block.signature !== undefined)
}

function joinPair(first: Block, second: Block): Block | undefined {
  if (first.extra !== undefined || second.extra !== undefined) return undefined
  if (first.type === 'text' && second.type === 'text' && first.signature === undefined)
    return {
      ...second,
      ...first,
      text: first.text + second.text,
      ...defined({ signature: second.signature }),
    }
  if (second.type !== 'reasoning' || first.type !== 'reasoning' || first.signature !== undefined)
    return undefined
  return { ...second, text: first.text + second.text, form: first.form }
}
