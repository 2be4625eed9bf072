import type { ChatRequest } from '../exchange/chat.ts'
import type { Block } from '../exchange/content.ts'
import { countTokens, firstTokens } from './pieces.ts'
import type { Script } from './simulated-model.ts'

/**
 * Ends a script where the request says: at the first stop sequence in its text, or when the maximum of output tokens is reached.
 * Scripts marked exact are left alone.
 */
export function fitScript(script: Script, { stop, maxOutputTokens }: ChatRequest): Script {
  if (script.exact === true) return script
  const stopped = stop === undefined || stop.length === 0 ? script : endAtStop(script, stop)
  return maxOutputTokens === undefined ? stopped : endAtLimit(stopped, maxOutputTokens)
}

/** The length of a script in tokens, by kind. */
export function scriptTokens(blocks: readonly Block[]): {
  readonly output: number
  readonly reasoning: number
} {
  let output = 0
  let reasoning = 0
  for (const block of blocks) {
    if (block.type === 'reasoning') reasoning += blockTokens(block)
    else output += blockTokens(block)
  }
  return { output, reasoning }
}

function blockTokens(block: Block): number {
  if (block.type === 'tool-call') return countTokens(block.name) + countTokens(block.arguments)
  return 'text' in block ? countTokens(block.text) : 0
}

function endAtStop(script: Script, stop: readonly string[]): Script {
  for (const [index, block] of script.blocks.entries()) {
    const hit = block.type === 'text' ? firstStop(block.text, stop) : undefined
    if (block.type !== 'text' || hit === undefined) continue
    const kept = { ...block, text: block.text.slice(0, hit.at) }
    return {
      ...script,
      blocks: [...script.blocks.slice(0, index), kept],
      finish: { reason: 'stop-sequence', stopSequence: hit.sequence },
    }
  }
  return script
}

function firstStop(
  text: string,
  stop: readonly string[],
): { readonly at: number; readonly sequence: string } | undefined {
  const hits = stop
    .filter((sequence) => sequence !== '')
    .map((sequence) => ({ at: text.indexOf(sequence), sequence }))
    .filter(({ at }) => at >= 0)
  return hits.sort((left, right) => left.at - right.at)[0]
}

function endAtLimit(script: Script, maxTokens: number): Script {
  const kept: Block[] = []
  let left = maxTokens
  for (const block of script.blocks) {
    const tokens = blockTokens(block)
    if (tokens > left) {
      // A call cut short would be of no use to anybody, so it is left out as a whole.
      if ('text' in block && left > 0) kept.push({ ...block, text: firstTokens(block.text, left) })
      return { ...script, blocks: kept, finish: { reason: 'length' } }
    }
    left -= tokens
    kept.push(block)
  }
  return script
}
