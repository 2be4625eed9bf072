import type { Block, CacheMark, Extra } from '../exchange/content.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import type { Fields, HeldObject } from './fields.ts'
import type { Towards } from './towards.ts'
import { withUnknown } from './unknown-members.ts'

/** A kind of block. */
type Kind = Block['type']

/** A word of the wire for blocks of one kind, as clients write it. */
export interface WireType<B extends Block = Block> {
  /** The members that are understood. Absent: there is nothing else to be kept. */
  readonly fields?: ReadonlySet<string>
  /** An object in it, with the members of it that are understood. */
  readonly held?: HeldObject
  /** Reads a block that stands at `at`; its mark and its unknown members are read for it. */
  readonly read: (raw: JsonObject, at: string) => B | Block
}

/** How a dialect spells one kind of block. */
export interface Spelling<B extends Block, To> {
  /** The words under which clients may write it. */
  readonly read: Readonly<Record<string, WireType<B>>>
  /**
   * Writes it as a provider is told, without mark and unknown members. Throws `Failure('unsupported-feature')` for what
   * cannot be told and must not be left out.
   */
  readonly write: (block: B, to: To) => JsonObject
}

/** One spelling for each kind of block. A kind that a dialect says nothing about does not compile. */
export type Spellings<To> = { readonly [K in Kind]: Spelling<Extract<Block, { readonly type: K }>, To> }

interface Options<To> {
  readonly spellings: Spellings<To>
  /** Writes the mark for the prompt cache; undefined, with a notice, where there is none on this wire. */
  readonly mark: (block: Block, cache: CacheMark, to: To) => JsonObject | undefined
}

/** The blocks of a dialect, as its spellings say: read from its clients, and told to its providers. */
export class Blocks<To extends Towards> {
  readonly #fields: Fields
  readonly #options: Options<To>
  readonly #types: ReadonlyMap<string, WireType>

  constructor(fields: Fields, options: Options<To>) {
    this.#fields = fields
    this.#options = options
    this.#types = new Map(
      Object.values(options.spellings).flatMap(({ read }) => Object.entries<WireType>(read)),
    )
  }

  /** What of a block of a known word is not understood, in requests and answers alike. */
  unknown(raw: JsonObject, word: string): { extra?: Extra } {
    const type = this.#types.get(word)
    return type?.fields === undefined ? NOTHING : this.#fields.unknown(raw, type.fields, type.held)
  }

  /** Reads a block that a client wrote. A word that is not known is carried whole, for the family. */
  read(value: Json, at: string): Block {
    const raw = this.#fields.asObject(value, at)
    const word = this.#fields.requiredText(raw, 'type', at)
    const type = this.#types.get(word)
    if (type === undefined) return { type: 'native', family: this.#fields.family, raw, at }
    const block: Mutable<Block> = type.read(raw, at)
    if (block.type === 'native') return block
    setDefined(block, 'cache', this.#fields.mark(raw).cache)
    setDefined(block, 'extra', this.unknown(raw, word).extra)
    return block
  }

  /** Writes a block for a provider, with its mark and what the family wrote beside what is known. */
  write(block: Block, to: To): JsonObject {
    const members = this.#spell(block, to)
    const own = block.extra?.[this.#fields.family]
    const mark = block.cache === undefined ? undefined : this.#options.mark(block, block.cache, to)
    if (own === undefined && mark === undefined) return members
    return withUnknown(mark === undefined ? members : { ...members, ...mark }, own)
  }

  #spell<K extends Kind>(block: Extract<Block, { readonly type: K }>, to: To): JsonObject {
    const spelling: Spelling<Extract<Block, { readonly type: K }>, To> = this.#options.spellings[block.type]
    return spelling.write(block, to)
  }
}

const NOTHING: { extra?: Extra } = {}
