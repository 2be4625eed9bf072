import type { CreatePlaceholders, MaskedValue, PlaceholderScope, Placeholders } from '../exchange/guard.ts'
import type { Owners } from '../exchange/owner.ts'

/** A keyed hash of a text in hex, of one length. */
export type KeyedHash = (text: string) => string

/** Without those that are taken for others. */
const BASE32 = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
/** More would cost tokens; where they do not tell two values of a request apart, there are more. */
const LEAST_DIGITS = 4
/** What is remembered has to be told apart among all values of a tenant, and nobody may find one by trying. */
export const REMEMBERED_DIGITS = 8
/** What a client may have written that looks like a placeholder, as it is or as JSON may spell it. */
const LOOKS_ALIKE = /(?:<|\\u003c)([A-Z][A-Z0-9_]*_[0-9A-Z]+)(?:>|\\u003e)/gi

/**
 * Creates what makes placeholders such as `<EMAIL_K3F9>`: the name of the detector, and digits of a keyed hash over the value and whose
 * request it is. So the same value has the same placeholder in every request and on every replica, and nobody has to remember it;
 * another tenant has another one, and nobody without the key can try values.
 */
export function createKeyedPlaceholders(hash: KeyedHash): CreatePlaceholders {
  return (scope) => new KeyedPlaceholders(hash, scope)
}

class KeyedPlaceholders implements Placeholders {
  readonly restorable = new Map<string, string>()
  readonly #hash: KeyedHash
  readonly #tenant: readonly string[]
  readonly #texts: () => readonly string[]
  readonly masked = new Map<string, MaskedValue>()
  readonly #given = new Map<string, string>()
  #alike: ReadonlySet<string> | undefined

  constructor(hash: KeyedHash, { owners, texts }: PlaceholderScope) {
    this.#hash = hash
    this.#tenant = tenantOf(owners)
    this.#texts = texts
  }

  put(masked: MaskedValue): string {
    const { value, restore } = masked
    const known = this.#given.get(value)
    if (known !== undefined && serves(this.masked.get(known), masked)) return known
    const placeholder = this.#make(masked)
    this.#given.set(value, placeholder)
    this.masked.set(placeholder, masked)
    if (restore) this.restorable.set(placeholder, value)
    return placeholder
  }

  #make({ value, detector, restore, rememberMs }: MaskedValue): string {
    const name = detector.toUpperCase().replaceAll('-', '_')
    let hash = this.#hash(JSON.stringify([...this.#tenant, value]))
    let digits = toBase32(hash)
    const least = rememberMs === undefined ? LEAST_DIGITS : REMEMBERED_DIGITS
    for (let length = least; ; length += 1) {
      if (length > digits.length) {
        hash = this.#hash(hash)
        digits += toBase32(hash)
      }
      const placeholder = `<${name}_${digits.slice(0, length)}>`
      const owner = this.masked.get(placeholder)
      if (owner !== undefined && owner.value !== value) continue
      // What is not put back may be what the client was answered before.
      if (!restore || !this.#lookAlike().has(placeholder)) return placeholder
    }
  }

  #lookAlike(): ReadonlySet<string> {
    this.#alike ??= new Set(
      this.#texts().flatMap((text) =>
        [...text.matchAll(LOOKS_ALIKE)].map(([, name = '']) => `<${name.toUpperCase()}>`),
      ),
    )
    return this.#alike
  }
}

/** Does what stands in the place of a value do so for whoever wants it masked as well? */
function serves(known: MaskedValue | undefined, { restore, rememberMs }: MaskedValue): boolean {
  if (known === undefined || (restore && !known.restore)) return false
  return rememberMs === undefined || (known.rememberMs ?? 0) >= rememberMs
}

/** Whose request it is; of a key that belongs to nobody, the key's. */
export function tenantOf({ organisation, team, project, key }: Owners): readonly string[] {
  const isOwned = organisation !== undefined || team !== undefined || project !== undefined
  return ['placeholder', organisation ?? '', team ?? '', project ?? '', isOwned ? '' : (key ?? '')]
}

function toBase32(hex: string): string {
  let digits = ''
  // Five digits of hex are four of these.
  for (let at = 0; at + 5 <= hex.length; at += 5) {
    const bits = Number.parseInt(hex.slice(at, at + 5), 16)
    for (let shift = 15; shift >= 0; shift -= 5) digits += BASE32.charAt((bits >> shift) & 31)
  }
  return digits
}
