import type { Block, Extra, Signature } from '../exchange/content.ts'
import type { ChatEvent } from '../exchange/chat-content.ts'
import type { Usage } from '../exchange/usage.ts'
import type { Json } from '../kit/json.ts'
import { countTokens, toPieces } from './pieces.ts'
import type { Script } from './simulated-model.ts'
import { defined } from '../kit/defined.ts'

/** An event and the output tokens that it brings. */
export interface SpokenEvent {
  readonly event: ChatEvent
  readonly tokens: number
}

export interface Answer {
  readonly responseId: string
  readonly model: string
  readonly extra?: Extra
  /** One per choice. */
  readonly scripts: readonly Script[]
  readonly usage: Usage
  /** Signs a reasoning text; absent where the wire has no signatures. */
  readonly sign?: (text: string) => Signature
  /** Signs the first call of a choice, by its name; absent where the vendor does not. */
  readonly signCall?: (name: string) => Signature
  /** Log probabilities of a piece of text, when the request wants them. */
  readonly logprob?: (piece: string, value?: number) => Json
}

/** Cuts an answer into the events of its stream: one delta per token. The unary answer is the fold of the same events. */
export function toAnswerEvents(answer: Answer): readonly SpokenEvent[] {
  const spoken: SpokenEvent[] = []
  const say = (event: ChatEvent, tokens = 0): void => void spoken.push({ event, tokens })
  const { responseId, model, extra } = answer
  say({ type: 'start', responseId, model, ...defined({ extra }) })
  for (const [choice, script] of answer.scripts.entries()) {
    const firstCall = script.blocks.findIndex(({ type }) => type === 'tool-call')
    for (const [index, written] of script.blocks.entries()) {
      const block = index === firstCall ? signed(written, answer) : written
      for (const event of blockEvents(block, { choice, index }, answer)) spoken.push(event)
    }
    say({ type: 'finish', choice, ...script.finish })
  }
  say({ type: 'usage', usage: answer.usage })
  say({ type: 'end' })
  return spoken
}

function signed(block: Block, { signCall }: Answer): Block {
  return block.type !== 'tool-call' || signCall === undefined
    ? block
    : { ...block, signature: signCall(block.name) }
}

interface Place {
  readonly choice: number
  readonly index: number
}

function blockEvents(block: Block, at: Place, answer: Answer): readonly SpokenEvent[] {
  const end: SpokenEvent = { event: { type: 'block-end', ...at }, tokens: 0 }
  switch (block.type) {
    case 'text':
      return [opening({ ...block, text: '' }, at), ...textEvents(block.text, at, answer), end]
    case 'refusal':
      return [opening({ ...block, text: '' }, at), ...deltas('refusal-delta', block.text, at), end]
    case 'reasoning': {
      const signature = answer.sign?.(block.text)
      const signing: SpokenEvent[] =
        signature === undefined ? [] : [{ event: { type: 'signature', ...at, signature }, tokens: 0 }]
      return [
        opening({ ...block, text: '' }, at),
        ...deltas('reasoning-delta', block.text, at),
        ...signing,
        end,
      ]
    }
    case 'tool-call': {
      const start: SpokenEvent = {
        event: { type: 'block-start', ...at, block: { ...block, arguments: '' } },
        tokens: countTokens(block.name),
      }
      return [start, ...deltas('arguments-delta', block.arguments, at), end]
    }
    case 'media':
    case 'search-result':
    case 'tool-result':
    case 'native':
      return [opening(block, at), end]
  }
}

function opening(block: Block, at: Place): SpokenEvent {
  return { event: { type: 'block-start', ...at, block }, tokens: 0 }
}

function deltas(
  type: 'refusal-delta' | 'reasoning-delta' | 'arguments-delta',
  text: string,
  at: Place,
): readonly SpokenEvent[] {
  return toPieces(text).map((piece) => ({ event: { type, ...at, text: piece }, tokens: 1 }))
}

function textEvents(text: string, at: Place, { logprob, scripts }: Answer): readonly SpokenEvent[] {
  const value = scripts[at.choice]?.logprob
  return toPieces(text).flatMap((piece): readonly SpokenEvent[] => {
    const delta: SpokenEvent = { event: { type: 'text-delta', ...at, text: piece }, tokens: 1 }
    if (logprob === undefined) return [delta]
    const content = [logprob(piece, value)]
    return [delta, { event: { type: 'logprobs', choice: at.choice, content }, tokens: 0 }]
  })
}
