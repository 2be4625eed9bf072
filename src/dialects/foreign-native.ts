import { HOUSE, type Family, type NativeBlock, type TextBlock } from '../exchange/content.ts'
import { Failure } from '../exchange/failure.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import { readString } from '../kit/json.ts'

/**
 * What a block of one family is told as to another: as it is where it is of that family, else by its words, or not at all, with a
 * notice either way. Throws `Failure('unsupported-feature')` where it cannot be told: content is never left out.
 *
 * @param place where its turn stands, for blocks that do not know it themselves
 */
export function settleNative(
  block: NativeBlock,
  place: string,
  { family, notice }: { readonly family: Family; readonly notice: NoticeSink },
): NativeBlock | TextBlock | undefined {
  if (block.family === family) return block
  const { at = place, elsewhere } = block
  if (elsewhere === undefined) throw untellable(block, at)
  if (block.family !== HOUSE) notice(elsewhere === '' ? 'native.dropped' : 'native.reworded', at)
  return elsewhere === '' ? undefined : { type: 'text', text: elsewhere }
}

/** A refusal of content that the target has no way to get. Some dialects say what a part is by the member that it holds. */
function untellable({ raw }: NativeBlock, at: string): Failure {
  const [member] = Object.keys(raw)
  const type = readString(raw, 'type') ?? member
  const what = type === undefined ? 'content' : `content of type "${type.slice(0, 40)}"`
  return new Failure('unsupported-feature', {
    param: at,
    message: `The chosen model cannot be sent ${what}. Remove it or choose another model.`,
  })
}
