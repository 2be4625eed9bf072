import type { ChatRequest } from '../exchange/chat.ts'
import type { Block, Signature } from '../exchange/content.ts'
import { hmacSha256Hex } from '../kit/hash.ts'

const MAC_DIGITS = 32

/** What is wrong with a signature: `changed` is the text or the signature itself, `moved` the conversation before it. */
export interface BrokenSignature {
  readonly fault: 'changed' | 'moved'
  /** Position of the turn among those after the leading system turns, which is the message's index on the wire. */
  readonly message: number
  readonly block: number
}

/** Signs reasoning together with its text and everything said before it, as vendors with preserved reasoning do, and calls by their names. */
export interface Signer {
  sign(text: string, chat: ChatRequest): Signature
  /** Looks at every reasoning block and every signed call of a conversation; gives the first that is broken. */
  firstBroken(chat: ChatRequest): BrokenSignature | undefined
}

/**
 * Creates a signer whose signatures only the same provider accepts.
 *
 * @param slot family and scheme that the vendor's wire has for the signature
 * @param keyMaterial the provider's own; another provider (or seed) refuses the signatures
 */
export function createSigner(slot: Pick<Signature, 'family' | 'scheme'>, keyMaterial: string): Signer {
  const macOf = (purpose: string, text: string): string =>
    hmacSha256Hex(keyMaterial, `${purpose}\n${text}`).slice(0, MAC_DIGITS)
  const valueOf = (text: string, prefix: string): string =>
    btoa(`${macOf('text', text)}.${macOf('prefix', prefix)}`)

  const signs = (signature: Signature | undefined, text: string): boolean =>
    signedText(signature?.value) === macOf('text', text)

  const faultOf = (block: Block, prefix: () => string): BrokenSignature['fault'] | undefined => {
    if (block.type === 'tool-call' && block.signature !== undefined)
      return signs(block.signature, block.name) ? undefined : 'changed'
    if (block.type !== 'reasoning' || block.form === 'hidden') return undefined
    if (block.signature?.value === valueOf(block.text, prefix())) return undefined
    return signs(block.signature, block.text) ? 'moved' : 'changed'
  }

  return {
    sign: (text, chat) => ({ ...slot, value: valueOf(text, prefixOf(chat, chat.turns.length)) }),
    firstBroken(chat) {
      const firstMessage = chat.turns.findIndex((turn) => turn.role !== 'system')
      for (const [index, turn] of chat.turns.entries()) {
        for (const [position, block] of turn.blocks.entries()) {
          const fault = faultOf(block, () => prefixOf(chat, index))
          if (fault !== undefined) return { fault, message: index - firstMessage, block: position }
        }
      }
      return undefined
    },
  }
}

/** Everything that a signature is bound to: tools and the turns before. Cache marks and unknown fields may change. */
function prefixOf(chat: ChatRequest, turns: number): string {
  return JSON.stringify([chat.tools ?? [], chat.turns.slice(0, turns)], (key, value: unknown) =>
    key === 'cache' || key === 'extra' ? undefined : value,
  )
}

function signedText(value: string | undefined): string | undefined {
  try {
    return atob(value ?? '').split('.')[0]
  } catch {
    return undefined
  }
}
