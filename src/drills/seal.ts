import type { ChatRequest } from '../exchange/chat.ts'
import type { ReasoningBlock, Seal } from '../exchange/content.ts'
import { hmacSha256Hex } from '../kit/hash.ts'

const MAC_DIGITS = 32

/** What is wrong with a seal: `changed` is the text or the seal itself, `moved` the conversation before it. */
export interface BrokenSeal {
  readonly fault: 'changed' | 'moved'
  /** Position of the turn among those after the leading system turns, which is the message's index on the wire. */
  readonly message: number
  readonly block: number
}

/** Seals reasoning to its text and to everything said before it, as vendors with preserved reasoning do. */
export interface Sealer {
  seal(text: string, chat: ChatRequest): Seal
  /** Looks at every sealed reasoning block of a conversation; gives the first that is broken. */
  firstBroken(chat: ChatRequest): BrokenSeal | undefined
}

/**
 * Creates a sealer whose seals only the same provider accepts.
 *
 * @param slot family and scheme that the vendor's wire has for the seal
 * @param keyMaterial the provider's own; another provider (or seed) refuses the seals
 */
export function createSealer(slot: Pick<Seal, 'family' | 'scheme'>, keyMaterial: string): Sealer {
  const macOf = (purpose: string, text: string): string =>
    hmacSha256Hex(keyMaterial, `${purpose}\n${text}`).slice(0, MAC_DIGITS)
  const valueOf = (text: string, prefix: string): string =>
    btoa(`${macOf('text', text)}.${macOf('prefix', prefix)}`)

  const faultOf = (block: ReasoningBlock, prefix: string): BrokenSeal['fault'] | undefined => {
    if (block.seal?.value === valueOf(block.text, prefix)) return undefined
    return sealedText(block.seal?.value) === macOf('text', block.text) ? 'moved' : 'changed'
  }

  return {
    seal: (text, chat) => ({ ...slot, value: valueOf(text, prefixOf(chat, chat.turns.length)) }),
    firstBroken(chat) {
      const firstMessage = chat.turns.findIndex((turn) => turn.role !== 'system')
      for (const [index, turn] of chat.turns.entries()) {
        for (const [position, block] of turn.blocks.entries()) {
          if (block.type !== 'reasoning' || block.form === 'hidden') continue
          const fault = faultOf(block, prefixOf(chat, index))
          if (fault !== undefined) return { fault, message: index - firstMessage, block: position }
        }
      }
      return undefined
    },
  }
}

/** Everything that a seal is bound to: tools and the turns before. Cache marks and unknown fields may change. */
function prefixOf(chat: ChatRequest, turns: number): string {
  return JSON.stringify([chat.tools ?? [], chat.turns.slice(0, turns)], (key, value: unknown) =>
    key === 'cache' || key === 'extra' ? undefined : value,
  )
}

function sealedText(value: string | undefined): string | undefined {
  try {
    return atob(value ?? '').split('.')[0]
  } catch {
    return undefined
  }
}
