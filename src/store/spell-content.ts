import { SCOPES } from '../exchange/owner.ts'
import type { ContentRow } from './contents.ts'
import { toName } from './written-values.ts'

/** A row of contents as it travels: what it is made of beside what was said, in the order of the insert, and that, packed. */
export interface SpelledContent {
  readonly meta: readonly (string | number | null)[]
  /** In base64. */
  readonly body: string
}

/** Conversations shrink to a third or a fifth at the lowest levels already. */
const LEVEL = 1

/** Spells what was said in a request for the store, compressed. Takes longer than all else that is done with it. */
export function spellContent({ requestId, atMs, keep, owners, text }: ContentRow): string {
  const ids = SCOPES.map((scope) => owners[scope]).map((id) => (id === undefined ? null : toName(id)))
  const body = Bun.zstdCompressSync(text, { level: LEVEL }).toString('base64')
  return JSON.stringify({ meta: [requestId, Math.trunc(atMs), keep, ...ids], body } satisfies SpelledContent)
}

/** What was said, as it lies in the store; undefined where nothing does. */
export function unpackContent(body: unknown): string | undefined {
  return body instanceof Uint8Array ? new TextDecoder().decode(Bun.zstdDecompressSync(body)) : undefined
}
