import type { MaskedValue } from '../../exchange/guard.ts'
import type { Owner, Owners } from '../../exchange/owner.ts'
import { tenantOf } from '../../guardrails/placeholders.ts'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createLru } from '../../kit/lru.ts'
import type { FoundValue, KeptValue, VaultRoom, VaultStore } from '../../store/vault.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

const ROOM: VaultRoom = {
  ownerRows: LIMITS.vaultOwnerRows,
  rows: LIMITS.vaultRows,
  bytes: LIMITS.vaultBytes,
}

/** Seals values under a key that does not lie in the store. */
export interface ValueSeals {
  seal(text: string): Uint8Array
  /** Undefined where it was sealed with another key, or is damaged. */
  open(sealed: Uint8Array): string | undefined
  /** A digest that nobody can try texts against without the key. */
  readonly digest: (text: string) => string
  /** Tells the key from others. */
  readonly keyName: string
}

export interface VaultParts {
  readonly store: VaultStore
  readonly seals: ValueSeals
  /** A keyed hash that outlives the key of the seals. */
  readonly hmac: (text: string) => string
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Of whom and in which request something was said. */
export interface SaidBy {
  readonly owners: Owners
  readonly requestId: string
}

/** A value that was masked in another request. */
export interface RecalledValue {
  readonly value: string
  /** The guardrail that has masked it. */
  readonly guardrail: string
  /** True where it may be put back for a client. */
  readonly goesBack: boolean
}

/**
 * Remembers values that guardrails have masked, beyond the request. Whose they are is the tenant that placeholders are made for, and in it
 * the user and the customer that requests name: what one customer has said is put back for no other one.
 */
export interface Vault {
  /** Remembers those of the values that are to be, soon: nobody waits for it. What is lost is counted. */
  keep(masked: ReadonlyMap<string, MaskedValue>, said: SaidBy): void
  /** Is something remembered of whom a request is for? */
  holds(owners: Owners): Promise<boolean>
  /** What stands for placeholders in requests of the same; those that nobody knows, or knows no more, are left out. Rejects when it cannot be read. */
  recall(owners: Owners, placeholders: readonly string[]): Promise<ReadonlyMap<string, RecalledValue>>
  /** Forgets what was said last in a request; gives how many values. */
  forgetSaidIn(requestId: string): Promise<number>
  /** Forgets what was said by an owner; gives how many values. */
  forgetOf(owner: Owner): Promise<number>
}

/** Opens the vault over its store. */
export function createVault(parts: VaultParts): Vault {
  return new SealedVault(parts)
}

class SealedVault implements Vault {
  readonly #parts: VaultParts
  /** Until when values are known to be kept, by their ids. */
  readonly #known = createLru<string, number>(LIMITS.vaultKnown)
  /** Owners of whom something is known to be kept. */
  readonly #holders = createLru<string, true>(LIMITS.vaultKnown)
  /** What is being written. */
  readonly #writing = new Set<Promise<void>>()

  constructor(parts: VaultParts) {
    this.#parts = parts
  }

  keep(masked: ReadonlyMap<string, MaskedValue>, said: SaidBy): void {
    const owner = this.#ownerOf(said.owners)
    const rows: KeptValue[] = []
    for (const [placeholder, value] of masked) {
      const row = this.#row(placeholder, value, { owner, said })
      if (row !== undefined) rows.push(row)
    }
    if (rows.length === 0) return
    const writing = this.#write(rows).finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  async holds(owners: Owners): Promise<boolean> {
    const owner = this.#ownerOf(owners)
    if (this.#holders.get(owner) === true) return true
    await this.#written()
    const holds = await this.#parts.store.holds(owner, this.#parts.clock.nowMs())
    if (holds) this.#holders.set(owner, true)
    return holds
  }

  async recall(owners: Owners, placeholders: readonly string[]): Promise<ReadonlyMap<string, RecalledValue>> {
    const owner = this.#ownerOf(owners)
    const byId = new Map(placeholders.map((one) => [this.#idOf(owner, one), one]))
    await this.#written()
    const { store, seals, clock } = this.#parts
    const found = await store.find({
      owner,
      ids: [...byId.keys()],
      key: seals.keyName,
      nowMs: clock.nowMs(),
    })
    const recalled = new Map<string, RecalledValue>()
    for (const one of found.values) {
      const placeholder = byId.get(one.id) ?? ''
      const value = this.#open(one, placeholder)
      if (value !== undefined)
        recalled.set(placeholder, { value, guardrail: one.guardrail, goesBack: one.goesBack })
    }
    if (found.hasForeign) this.#count('unreadable', byId.size - found.values.length)
    return recalled
  }

  async forgetSaidIn(requestId: string): Promise<number> {
    await this.#forget()
    return this.#parts.store.removeSaidIn(requestId)
  }

  async forgetOf(owner: Owner): Promise<number> {
    await this.#forget()
    return this.#parts.store.removeOf(owner)
  }

  /** A value that is said again after that is kept again. */
  async #forget(): Promise<void> {
    await this.#written()
    this.#known.clear()
    this.#holders.clear()
  }

  #row(
    placeholder: string,
    { value, restore, guardrail = '', rememberMs }: MaskedValue,
    { owner, said }: { readonly owner: string; readonly said: SaidBy },
  ): KeptValue | undefined {
    if (rememberMs === undefined) return undefined
    if (value.length > LIMITS.vaultValueCharacters) {
      this.#count('too-long')
      return undefined
    }
    const { seals, clock } = this.#parts
    const id = this.#idOf(owner, placeholder)
    const endsMs = clock.nowMs() + rememberMs
    // What is said in every turn is written now and then.
    const againMs = Math.min(LIMITS.vaultAgainMs, rememberMs / 2)
    const known = knownAs(id, restore)
    if ((this.#known.get(known) ?? 0) > endsMs - againMs) return undefined
    this.#known.set(known, endsMs)
    return {
      id,
      owner,
      ...said,
      guardrail,
      atMs: clock.nowMs(),
      endsMs,
      print: seals.digest(JSON.stringify(['value', value])),
      key: seals.keyName,
      goesBack: restore,
      sealed: seals.seal(JSON.stringify([id, value])),
    }
  }

  async #write(rows: readonly KeptValue[]): Promise<void> {
    try {
      await this.#parts.store.put(rows, ROOM)
      for (const { owner } of rows) this.#holders.set(owner, true)
      this.#count('kept', rows.length)
    } catch (error) {
      for (const { id, goesBack } of rows) this.#known.delete(knownAs(id, goesBack))
      this.#count('lost', rows.length)
      this.#parts.telemetry.log('warn', 'masked values could not be remembered', { error })
    }
  }

  /** What was said before is found: what is on its way to the store has arrived there. */
  async #written(): Promise<void> {
    if (this.#writing.size > 0) await Promise.all(this.#writing)
  }

  /** What a row says, where it says it of this placeholder. */
  #open({ id, sealed }: FoundValue, placeholder: string): string | undefined {
    if (sealed.length === 0) {
      this.#count('ambiguous')
      return undefined
    }
    const text = this.#parts.seals.open(sealed)
    // A row is sealed together with its id, so that nobody who writes to the store can put one in the place of another.
    const parsed: unknown = text === undefined ? undefined : JSON.parse(text)
    if (Array.isArray(parsed) && parsed[0] === id && typeof parsed[1] === 'string' && placeholder !== '')
      return parsed[1]
    this.#count('unreadable')
    return undefined
  }

  #ownerOf(owners: Owners): string {
    return this.#parts.hmac(JSON.stringify(['vault', ...scopeOf(owners)]))
  }

  /** Under the key of the seals: with a copy of the store alone nobody can try which values are kept. */
  #idOf(owner: string, placeholder: string): string {
    return this.#parts.seals.digest(JSON.stringify(['placeholder', owner, placeholder]))
  }

  #count(outcome: string, times = 1): void {
    if (times > 0) this.#parts.telemetry.count('gatehouse_vault_values_total', { outcome }, times)
  }
}

function knownAs(id: string, goesBack: boolean): string {
  return goesBack ? id : `${id} kept`
}

function scopeOf(owners: Owners): readonly string[] {
  return [...tenantOf(owners), owners.user ?? '', owners.customer ?? '']
}
