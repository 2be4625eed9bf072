import type { Family, Signature } from '../exchange/content.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import { isArray, parseJson, type Json } from '../kit/json.ts'

/*
 * A proof that one family of providers wants back has no slot of its own with the clients of another. It travels as an opaque
 * text in a slot of theirs, which they send back by themselves, and is never sent to a provider that did not write it.
 */

const PREFIX = 'gatehouse:'

/** A proof on its way through a client of another family. */
export interface CarriedSignature {
  readonly signature: Signature
  /** The tool call that it belongs to; absent where it belongs to the block in which it travels. */
  readonly callId?: string
}

/** The text in which a proof travels. */
export function wrapSignature({ signature, callId }: CarriedSignature): string {
  const { family, scheme, value } = signature
  return (
    PREFIX + JSON.stringify(callId === undefined ? [family, scheme, value] : [family, scheme, value, callId])
  )
}

/** Reads what `wrapSignature` wrote; undefined for every other text. */
export function unwrapSignature(text: string): CarriedSignature | undefined {
  if (!text.startsWith(PREFIX)) return undefined
  const [family, scheme, value, callId] = parseList(text.slice(PREFIX.length))
  if (typeof family !== 'string' || typeof scheme !== 'string' || typeof value !== 'string') return undefined
  const signature = { family, scheme, value }
  return typeof callId === 'string' ? { signature, callId } : { signature }
}

function parseList(text: string): readonly Json[] {
  try {
    const value = parseJson(text)
    return isArray(value) ? value : []
  } catch {
    return []
  }
}

/** True when a conversation holds what another family wrote, or a proof of it, which must not reach a provider of this one. */
export function holdsForeign({ turns }: ChatRequest, family: Family): boolean {
  for (const { blocks } of turns) {
    for (const block of blocks) {
      if (block.type === 'native' && block.family !== family) return true
      if ('signature' in block && block.signature !== undefined && block.signature.family !== family)
        return true
    }
  }
  return false
}
