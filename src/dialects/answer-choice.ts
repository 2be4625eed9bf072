import type { Block } from '../exchange/content.ts'
import type { FreeTextReader } from './free-text.ts'

type TextDelta = 'text-delta' | 'reasoning-delta' | 'refusal-delta' | 'arguments-delta'

/** What a further piece of a block is called, where it is text. */
export const DELTAS: Readonly<Partial<Record<Block['type'], TextDelta>>> = {
  text: 'text-delta',
  reasoning: 'reasoning-delta',
  refusal: 'refusal-delta',
  'tool-call': 'arguments-delta',
}

/** A block of an answer that is open. */
export interface OpenBlock {
  /** Its place in the canonical answer: blocks of a choice count from 0 in order of opening. */
  readonly choice: number
  readonly index: number
  readonly kind: Block['type']
  /** What its pieces of text are called; undefined where it has none. */
  readonly delta: TextDelta | undefined
  /** The provider's own index of it, where it gives one; some providers use one twice, though never at the same time here. */
  readonly wireIndex: number | undefined
  /** Takes free text out of the arguments of the function that stands for its tool. */
  readonly freeText: FreeTextReader | undefined
  /** True once a piece of it was said. */
  isFilled: boolean
  /** What it says all told, where pieces of it need not follow. */
  whole: string | undefined
}

/** One of the answers of a response while it is read. */
export class AnswerChoice {
  readonly index: number
  /** In order of opening; hardly ever more than one. */
  readonly open: OpenBlock[] = []
  nextIndex = 0
  /** True once a call was begun. */
  hasCalled = false
  /** True once it has said how it ended: what may still come is usage and the terminal marker. */
  isFinished = false

  constructor(index: number) {
    this.index = index
  }

  /** The open block under the provider's index; without one the latest. */
  find(wireIndex: number | undefined): OpenBlock | undefined {
    const { open } = this
    if (wireIndex === undefined) return open[open.length - 1]
    for (const block of open) if (block.wireIndex === wireIndex) return block
    return undefined
  }
}
