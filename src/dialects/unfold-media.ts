import type { Block, MediaBlock } from '../exchange/content.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import { defined } from '../kit/defined.ts'

/**
 * The blocks that say what a block of media does where no field of a wire holds its background or its text: they stand before it or
 * in its place.
 */
export function unfoldMedia(block: MediaBlock, notice: NoticeSink): Block | readonly Block[] {
  const { source, name, context, cite, cache, extra } = block
  if (cite === true) notice('citation.dropped', block.at)
  if (source.from === 'text' || source.from === 'blocks') {
    const pieces = [name, context, source.from === 'text' ? source.text : '']
    const text = pieces.filter((piece) => piece !== undefined && piece !== '').join('\n')
    const title: Block = { type: 'text', text, ...defined({ cache, extra }) }
    if (source.from === 'text') return title
    return text === '' ? source.blocks : [title, ...source.blocks]
  }
  if (context === undefined) return block
  const { context: _context, ...rest } = block
  return [{ type: 'text', text: context }, rest]
}
