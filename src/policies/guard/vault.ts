import type { MaskedValue } from '../../exchange/guard.ts'
import type { Owner, Owners } from '../../exchange/owner.ts'
import { tenantOf } from '../../guardrails/placeholders.ts'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, parseJson } from '../../kit/json.ts'
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

/** For whom a request is: whose key it came with, and for which customer and user, as it says itself. */
export interface Whose {
  readonly owners: Owners
  readonly customer?: string | undefined
  readonly user?: string | undefined
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
  keep(
    masked: ReadonlyMap<string, MaskedValue>,
    said: { readonly whose: Whose; readonly requestId: string },
  ): void
  /** Is something remembered of whom a request is for? */
  holds(whose: Whose): Promise<boolean>
  /** What stands for placeholders in requests of the same; those that nobody knows, or knows no more, are left out. Rejects when it cannot be read. */
  recall(whose: Whose, placeholders: readonly string[]): Promise<ReadonlyMap<string, RecalledValue>>
  /** The same of a whole tenant, for operators. */
  recallAll(owners: Owners, placeholders: readonly string[]): Promise<ReadonlyMap<string, RecalledValue>>
  /** Forgets what was said last in a request; gives how many values. */
  forgetSaidIn(requestId: string): Promise<number>
  /** Forgets what was said by an owner; gives how many values. */
  forgetOf(owner: Owner): Promise<number>
}

/** Opens the vault over its store. */
export function createVault(parts: VaultParts): Vault {
  return new SealedVault(parts)
}

type Said = Parameters<Vault['keep']>[1]
type Masked = readonly [placeholder: string, value: MaskedValue]

/** Values that are sealed in one turn, which takes about 2 ms. */
const TURN_VALUES = 100
/** How long it is believed that an owner has something kept. */
const HOLDS_MS = 60_000

class SealedVault implements Vault {
  readonly #parts: VaultParts
  /** Until when values are known to be kept, by their ids. */
  readonly #known = createLru<string, number>(LIMITS.vaultKnown)
  /** Until when owners are known to have something kept. */
  readonly #holders = createLru<string, number>(LIMITS.vaultKnown)
  /** What is being written, by owner: as much as requests bring that are under way. */
  readonly #writing = new Map<string, Promise<unknown>>()

  constructor(parts: VaultParts) {
    this.#parts = parts
  }

  keep(masked: ReadonlyMap<string, MaskedValue>, said: Said): void {
    const values = [...masked].filter(([, { rememberMs }]) => rememberMs !== undefined)
    if (values.length === 0) return
    const owner = this.#ownerOf(said.whose)
    const writing = Promise.all([this.#writing.get(owner), this.#keep(values, owner, said)]).finally(() => {
      if (this.#writing.get(owner) === writing) this.#writing.delete(owner)
    })
    this.#writing.set(owner, writing)
  }

  /** Seals a few at a time: others have something to do meanwhile. */
  async #keep(values: readonly Masked[], owner: string, said: Said): Promise<void> {
    const { clock } = this.#parts
    for (let at = 0; at < values.length; at += TURN_VALUES) {
      if (at > 0) await new Promise<void>((resolve) => clock.afterTurn(resolve))
      const some = values.slice(at, at + TURN_VALUES)
      const rows = some.flatMap((one) => this.#row(one, owner, said) ?? [])
      if (rows.length > 0) await this.#write(rows)
    }
  }

  async holds(whose: Whose): Promise<boolean> {
    const owner = this.#ownerOf(whose)
    const nowMs = this.#parts.clock.nowMs()
    if (this.#writing.has(owner) || (this.#holders.get(owner) ?? 0) > nowMs) return true
    const holds = await this.#parts.store.holds(owner, nowMs)
    if (holds) this.#holders.set(owner, nowMs + HOLDS_MS)
    return holds
  }

  async recall(whose: Whose, placeholders: readonly string[]): Promise<ReadonlyMap<string, RecalledValue>> {
    const owner = this.#ownerOf(whose)
    const byId = new Map(placeholders.map((one) => [this.#idOf(owner, one), one]))
    // What was said before is found: what is on its way to the store has arrived there.
    await this.#writing.get(owner)
    const { store, seals, clock } = this.#parts
    const { values, hasForeign } = await store.find({
      owner,
      ids: [...byId.keys()],
      key: seals.keyName,
      nowMs: clock.nowMs(),
    })
    if (hasForeign) this.#count('unreadable', byId.size - values.length)
    return this.#opened(values, ({ id }) => byId.get(id))
  }

  async recallAll(
    owners: Owners,
    placeholders: readonly string[],
  ): Promise<ReadonlyMap<string, RecalledValue>> {
    const byPlace = new Map(placeholders.map((one) => [this.#placeOf(owners, one), one]))
    await this.#written()
    const { store, clock } = this.#parts
    const values = await store.findAt([...byPlace.keys()], clock.nowMs())
    return this.#opened(values, ({ place }) => byPlace.get(place))
  }

  /** What rows say, by the placeholders that were asked for. */
  #opened(
    rows: readonly FoundValue[],
    placeholderOf: (row: FoundValue) => string | undefined,
  ): ReadonlyMap<string, RecalledValue> {
    const recalled = new Map<string, RecalledValue>()
    for (const row of rows) {
      const placeholder = placeholderOf(row)
      const value = this.#open(row)
      if (placeholder !== undefined && value !== undefined)
        recalled.set(placeholder, { value, guardrail: row.guardrail, goesBack: row.goesBack })
    }
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
    [placeholder, { value, restore, guardrail = '', rememberMs = 0 }]: Masked,
    owner: string,
    { whose, requestId }: Said,
  ): KeptValue | undefined {
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
      place: this.#placeOf(whose.owners, placeholder),
      owners: { ...whose.owners, ...defined({ customer: whose.customer, user: whose.user }) },
      requestId,
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
      for (const { owner, endsMs } of rows) this.#holders.set(owner, endsMs)
      this.#count('kept', rows.length)
    } catch (error) {
      for (const { id, goesBack } of rows) this.#known.delete(knownAs(id, goesBack))
      this.#count('lost', rows.length)
      this.#parts.telemetry.log('warn', 'masked values could not be remembered', { error })
    }
  }

  /** Waits until everything has arrived in the store that is on its way. */
  async #written(): Promise<void> {
    await Promise.all(this.#writing.values())
  }

  /** What a row says. */
  #open({ id, sealed }: FoundValue): string | undefined {
    if (sealed.length === 0) {
      this.#count('ambiguous')
      return undefined
    }
    const text = this.#parts.seals.open(sealed)
    // A row is sealed together with its id, so that nobody who writes to the store can put one in the place of another.
    const row = text === undefined ? null : parseJson(text)
    const [sealedId, value] = isArray(row) ? row : []
    if (sealedId === id && typeof value === 'string') return value
    this.#count('unreadable')
    return undefined
  }

  #ownerOf({ owners, customer = '', user = '' }: Whose): string {
    return this.#parts.hmac(JSON.stringify(['vault', ...tenantOf(owners), customer, user]))
  }

  /** Under the key of the seals: with a copy of the store alone nobody can try which values are kept. */
  #idOf(owner: string, placeholder: string): string {
    return this.#parts.seals.digest(JSON.stringify(['id', owner, placeholder]))
  }

  #placeOf(owners: Owners, placeholder: string): string {
    return this.#parts.seals.digest(JSON.stringify(['place', ...tenantOf(owners), placeholder]))
  }

  #count(outcome: string, times = 1): void {
    if (times > 0) this.#parts.telemetry.count('gatehouse_vault_values_total', { outcome }, times)
  }
}

function knownAs(id: string, goesBack: boolean): string {
  return goesBack ? id : `${id} kept`
}
