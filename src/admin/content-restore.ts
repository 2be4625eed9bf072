import { mapMembers } from '../exchange/request-texts.ts'
import { rememberedIn, Restorable } from '../guardrails/restore.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Vault } from '../policies/guard/vault.ts'
import type { RequestRow } from '../store/store.ts'

interface Restoring {
  readonly vault: Pick<Vault, 'recallAll'>
  readonly isAllowed: boolean
  readonly isWanted: boolean
}

/** What is told of masked values beside what was said. */
interface Remembered {
  readonly remembered?: { readonly values: number; readonly shown: boolean; readonly allowed: boolean }
}

/**
 * What was said in a request, with what is remembered of the values that were masked in it: how many there are, and, where that is wanted,
 * the values in their places. They are looked for among those of the tenant that the request was of.
 */
export async function restoreContent(
  content: JsonObject,
  { owners }: Pick<RequestRow, 'owners'>,
  { vault, isAllowed, isWanted }: Restoring,
): Promise<JsonObject & Remembered> {
  const placeholders = new Set<string>()
  mapMembers(content, (text) => {
    for (const one of rememberedIn(text)) if (placeholders.size < LIMITS.vaultLookUps) placeholders.add(one)
    return text
  })
  if (placeholders.size === 0) return content
  const recalled = await vault.recallAll(owners, [...placeholders])
  if (recalled.size === 0) return content
  const remembered = { values: recalled.size, shown: isWanted, allowed: isAllowed }
  if (!isWanted) return { ...content, remembered }
  const values = new Map([...recalled].map(([placeholder, { value }]) => [placeholder, value]))
  const restorable = new Restorable(values)
  return { ...mapMembers(content, (text) => restorable.restore(text)), remembered }
}
