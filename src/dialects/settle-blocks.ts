import type { Turn } from '../exchange/chat.ts'
import type { Block, Family } from '../exchange/content.ts'
import type { TurnRules } from './arrange-turns.ts'
import { settleNative } from './foreign-native.ts'
import type { Towards } from './towards.ts'
import { unfoldMedia } from './unfold-media.ts'

type Kind = Block['type']
type BlockOf<K extends Kind> = Extract<Block, { readonly type: K }>
type Settled = Block | readonly Block[] | undefined

/** What a wire makes of the blocks of one kind, where it is not what most make of them. */
type Settlings<To> = { readonly [K in Kind]?: (block: BlockOf<K>, turn: Turn, to: To) => Settled }

/**
 * What the target gets of each block, for `TurnRules`. Where a wire says nothing else of them: media with what has no field stands as
 * text before it, reasoning stays with the maker that knows its proof, what only one family understands with that, and everything
 * else as it is.
 *
 * @param place where its turn stands, for blocks that do not know it themselves
 */
export function settling<To extends Towards>(
  family: Family,
  place: string,
  own: Settlings<To>,
): TurnRules<To>['settle'] {
  const usual: Settlings<To> = {
    media: (block, _turn, { notice }) => unfoldMedia(block, notice),
    reasoning: (block, { role, at }, { notice }) => {
      if (role === 'assistant' && block.signature?.family === family) return block
      notice(block.signature === undefined ? 'reasoning.dropped' : 'seal.foreign', at)
      return undefined
    },
    native: (block, { at = place }, { notice }) => settleNative(block, at, { family, notice }),
    ...own,
  }
  function settle<K extends Kind>(block: BlockOf<K>, turn: Turn, to: To): Settled {
    const settleKind: Settlings<To>[K] = usual[block.type]
    return settleKind === undefined ? block : settleKind(block, turn, to)
  }
  return settle
}
