import type { Block, CacheMark, Extra, SearchResultBlock, ToolResultBlock } from '../exchange/content.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import { isArray, type Json, type JsonObject } from '../kit/json.ts'
import { isAbsent, pathOf, type Fields } from './fields.ts'
import type { QuirksOf, QuirkTable } from './quirks.ts'
import { refuseBlock } from './refuse-block.ts'
import type { Towards } from './towards.ts'
import { withUnknown, type HeldObject } from './unknown-members.ts'

/** What is obeyed where a tool's result is written. */
export const RESULT_QUIRKS = {
  contentParts: {
    value: 'flag',
    shows: 'request',
    help: 'False where text content must be a string instead of an array of parts.',
  },
} as const satisfies QuirkTable

declare module '../exchange/target.ts' {
  interface Quirks extends QuirksOf<typeof RESULT_QUIRKS> {}
}

/** A kind of block. */
type Kind = Block['type']

/** A word of the wire for blocks of one kind, as clients write it. */
export interface WireType<B extends Block = Block> {
  /** The members that are understood. Absent: there is nothing else to be kept. */
  readonly fields?: ReadonlySet<string>
  /** The objects in it, with the members of them that are understood; they may depend on what is written. */
  readonly held?: readonly HeldObject[] | ((raw: JsonObject) => readonly HeldObject[])
  /** True where the family is told it in another form, which has no place for members that are not understood. */
  readonly reworded?: true
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
  /** True where a block says what it is by the member that it holds, and not in `type`. */
  readonly byMember?: boolean
  /**
   * Writes the mark for the prompt cache; undefined, with a notice, where there is none on this wire. Absent: the wire has no field
   * for it, and it goes where the client itself wrote it, as an unknown member.
   */
  readonly mark?: (block: Block, cache: CacheMark, to: To) => JsonObject | undefined
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
    if (type?.fields === undefined) return NOTHING
    const { fields, reworded } = type
    const held = typeof type.held === 'function' ? type.held(raw) : type.held
    return reworded === true
      ? this.#fields.untold(raw, fields, held)
      : this.#fields.unknown(raw, fields, held)
  }

  /** Reads a block that a client wrote. A word that is not known is carried whole, for the family. */
  read(value: Json, at: string): Block {
    const raw = this.#fields.asObject(value, at)
    const word =
      this.#options.byMember === true ? this.#heldIn(raw) : this.#fields.requiredText(raw, 'type', at)
    const type = this.#types.get(word)
    if (type === undefined) return { type: 'native', family: this.#fields.family, raw, at }
    const block: Mutable<Block> = type.read(raw, at)
    if (block.type === 'native') return block
    setDefined(block, 'cache', this.#fields.mark(raw).cache)
    const { extra } = this.unknown(raw, word)
    if (extra !== undefined) block.extra = { ...block.extra, ...extra }
    return block
  }

  /** The word that a block holds as a member; the first one, where it holds several. */
  #heldIn(raw: JsonObject): string {
    for (const word of this.#types.keys()) if (!isAbsent(raw[word])) return word
    return ''
  }

  /**
   * Reads content: a string, or an array of parts. Null and absent are no content.
   *
   * @param key where it stands in its holder
   * @param within where the holder stands: `messages[2]`
   */
  readContent(holder: JsonObject, key: string, within: string): Block[] {
    const content = holder[key]
    if (isAbsent(content)) return []
    if (typeof content === 'string') return [{ type: 'text', text: content }]
    const path = pathOf(key, within)
    if (!isArray(content)) return this.#fields.refuseKind(path, 'a string or an array of parts')
    const blocks: Block[] = []
    for (const part of content) {
      const isText = typeof part === 'string'
      blocks.push(isText ? { type: 'text', text: part } : this.read(part, `${path}[${blocks.length}]`))
    }
    return blocks
  }

  /** Writes a block for a provider, with its mark and what the family wrote beside what is known. */
  write(block: Block, to: To): JsonObject {
    const members = this.#spell(block, to)
    const own = block.extra?.[this.#fields.family]
    const mark = block.cache === undefined ? undefined : this.#mark(block, block.cache, to)
    if (own === undefined && mark === undefined) return members
    return withUnknown(mark === undefined ? members : { ...members, ...mark }, own)
  }

  #mark(block: Block, cache: CacheMark, to: To): JsonObject | undefined {
    const { mark } = this.#options
    if (mark !== undefined) return mark(block, cache, to)
    if (!this.#fields.isMarked(block)) to.notice('cache.hint-dropped')
    return undefined
  }

  /** A retrieved passage as text, below its title and source. */
  passage({ title, source, blocks, cite }: SearchResultBlock, to: To): string {
    if (cite === true) to.notice('citation.dropped')
    return [title, source, ...this.texts(blocks, to)].join('\n')
  }

  /** What blocks say as plain text. Throws `unsupported-feature` for what has no text and must not be left out. */
  texts(blocks: readonly Block[], to: To): string[] {
    return blocks.map((block) => {
      // Only the words go, so that a mark among the unknown fields is lost as well.
      const { extra: _extra, ...bare } = block
      const { text } = this.write(bare, to)
      return typeof text === 'string' ? text : refuseBlock(block, 'Only text can be sent here.')
    })
  }

  /**
   * What a tool's result says, on a wire that has no field for a failure, which stands before it: one text, or parts where it holds
   * media or what only the family knows.
   */
  writeResult({ blocks, isError, at }: ToolResultBlock, to: To): string | readonly JsonObject[] {
    if (isError) to.notice('result.error-textual', at)
    const prefix: readonly Block[] = isError ? FAILED : NO_BLOCKS
    const needsParts = to.quirks.contentParts !== false && blocks.some((block) => this.#isNoText(block))
    if (needsParts) return [...prefix, ...blocks].map((block) => this.write(block, to))
    return this.texts(prefix, to).join('') + this.texts(blocks, to).join('\n')
  }

  #isNoText({ type, extra }: Block): boolean {
    return type === 'media' || type === 'native' || extra?.[this.#fields.family] !== undefined
  }

  #spell<K extends Kind>(block: Extract<Block, { readonly type: K }>, to: To): JsonObject {
    const spelling: Spelling<Extract<Block, { readonly type: K }>, To> = this.#options.spellings[block.type]
    return spelling.write(block, to)
  }
}

const NOTHING: { extra?: Extra } = {}
const NO_BLOCKS: readonly Block[] = []
/** Stands before what a tool that failed gave. */
const FAILED: readonly Block[] = [{ type: 'text', text: '[tool error] ' }]
