import type { NativeBlock } from '../exchange/content.ts'
import { Failure } from '../exchange/failure.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import { readString } from '../kit/json.ts'

/**
 * What is told in place of a block of another family: its words, or `''` for nothing, with a notice either way.
 * Throws `Failure('unsupported-feature')` where the block cannot be told: content is never left out.
 *
 * @param place where its turn stands, for blocks that do not know it themselves
 */
export function wordsOfForeign(block: NativeBlock, place: string, notice: NoticeSink): string {
  const { at = place, elsewhere } = block
  if (elsewhere === undefined) throw untellable(block, at)
  notice(elsewhere === '' ? 'native.dropped' : 'native.reworded', at)
  return elsewhere
}

/** A refusal of content that the target has no way to get. */
function untellable({ raw }: NativeBlock, at: string): Failure {
  const type = readString(raw, 'type')?.slice(0, 40)
  const what = type === undefined ? 'content' : `content of type "${type}"`
  return new Failure('unsupported-feature', {
    param: at,
    message: `The chosen model cannot be sent ${what}. Remove it or choose another model.`,
  })
}
