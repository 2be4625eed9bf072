import type { Owner, Owners } from '../exchange/owner.ts'

/** A value that was masked, sealed, for whoever may put it back later. */
export interface KeptValue {
  /** A digest of whose it is and what stands in its place. */
  readonly id: string
  /** A digest of whose it is: those share room. */
  readonly owner: string
  /** A digest of the tenant and what stands in its place there, whoever has said it. */
  readonly place: string
  /** For whom it goes when somebody wants their content gone. */
  readonly owners: Owners
  /** In which request it was said, last as far as is known. */
  readonly requestId: string
  /** Which guardrail has masked it. */
  readonly guardrail: string
  readonly atMs: number
  /** From when on it counts as gone. */
  readonly endsMs: number
  /** A digest of the value: where another one comes under the same id, the id stands for neither. */
  readonly print: string
  /** Names the key that it is sealed with. */
  readonly key: string
  /** True where it may be put back for a client, and not only for an operator. */
  readonly goesBack: boolean
  readonly sealed: Uint8Array
}

/** As it is found again. */
export interface FoundValue extends Pick<KeptValue, 'id' | 'place' | 'guardrail' | 'goesBack'> {
  /** Empty where two values came under the same id. */
  readonly sealed: Uint8Array
}

/** What was found of those that were asked for. */
export interface FoundValues {
  readonly values: readonly FoundValue[]
  /** True where not all were found, and the owner has values that are sealed with another key. */
  readonly hasForeign: boolean
}

/** How much may be kept. The oldest values make room for new ones. */
export interface VaultRoom {
  readonly ownerRows: number
  readonly rows: number
  readonly bytes: number
}

/** Keeps values that were masked. */
export interface VaultStore {
  /** One that is kept already is said again: it ends no sooner than before. Rejects when they are not kept. */
  put(values: readonly KeptValue[], room: VaultRoom): Promise<void>
  /** Those of an owner under some ids, but for those that have ended. @param key names the key that can open them */
  find(question: VaultQuestion): Promise<FoundValues>
  /** Those that stand for the places, whoever has said them: of several one. */
  findAt(places: readonly string[], nowMs: number): Promise<readonly FoundValue[]>
  /** Is a value kept of an owner that has not ended? */
  holds(owner: string, nowMs: number): Promise<boolean>
  /** Removes those that were said last in a request; gives how many. */
  removeSaidIn(requestId: string): Promise<number>
  /** Removes those of an owner; gives how many. */
  removeOf(owner: Owner): Promise<number>
}

export interface VaultQuestion {
  readonly owner: string
  readonly ids: readonly string[]
  readonly key: string
  readonly nowMs: number
}
