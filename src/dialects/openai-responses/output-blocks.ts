import type {
  Citation,
  MediaBlock,
  ReasoningBlock,
  Signature,
  ToolCallBlock,
} from '../../exchange/content.ts'
import type { NoticeSink } from '../../exchange/notice.ts'
import { defined } from '../../kit/defined.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { InterleavedBlocks, sayHeld, WrittenBlock, type BlockWire } from '../block-writer.ts'
import { wrapSignature } from '../carried-signature.ts'
import type { EncodeContext } from '../dialect.ts'
import { writeAnnotation } from './annotation.ts'
import { Output, prefixOf, shownOutput } from './output.ts'
import { showReasoning } from './reasoning-item.ts'
import { namespaceMembers } from './tools.ts'
import { FAMILY } from './vocabulary.ts'

/** How blocks of one kind are said. */
interface Kind {
  /** Those of the id of its item. */
  readonly letters: string
  /** What its pieces are called, and the member that holds them all. */
  readonly piece: string
  readonly key: string
  /** For what is a part of an item: what that is called, and by what it is counted. */
  readonly part?: readonly [name: string, counter: string]
}

const CONTENT = ['response.content_part', 'content_index'] as const
const SUMMARY = ['response.reasoning_summary_part', 'summary_index'] as const
const KINDS = {
  text: { letters: 'msg', piece: 'response.output_text', key: 'text', part: CONTENT },
  refusal: { letters: 'msg', piece: 'response.refusal', key: 'refusal', part: CONTENT },
  reasoning: { letters: 'rs', piece: 'response.reasoning_summary_text', key: 'text', part: SUMMARY },
  json: { letters: 'fc', piece: 'response.function_call_arguments', key: 'arguments' },
  /** Calls with free text. */
  free: { letters: 'ctc', piece: 'response.custom_tool_call_input', key: 'input' },
} as const satisfies Readonly<Record<string, Kind>>

/** An item: texts and refusals that lie next to each other are one message, every other block is an item of its own. */
interface OpenItem {
  /** The block that it is; undefined for a message. */
  readonly written: WrittenBlock | undefined
  place: { readonly item_id: string; readonly output_index: number }
  readonly parts: JsonObject[]
  /** Blocks of it that are not complete. */
  openBlocks: number
  /** True once no block can join it any more. */
  isOver: boolean
}

/** A block while it is said. */
interface Saying {
  readonly kind: Kind
  readonly item: OpenItem
  /** Its part of the item. */
  readonly index: number
  /** What every event about it repeats. */
  place: JsonObject
  readonly annotations: JsonObject[]
  readonly logprobs: Json[]
}

/** Index of the block that explains a refusal; no block of a provider has it. */
const EXPLANATION = -1

/**
 * How a response says blocks: each is an item, or a part of one, that is added, said piece by piece, and told whole at its end.
 * Several may be open at once.
 */
export class OutputBlocks implements BlockWire {
  readonly family = FAMILY
  readonly notice: NoticeSink
  readonly output: Output
  readonly blocks = new InterleavedBlocks(this)
  readonly #request: EncodeContext<'chat'>['request']
  readonly #sayings = new Map<WrittenBlock, Saying>()
  /** The message that texts join until something else is begun. */
  #message: OpenItem | undefined
  /** Those of the text that was begun last. */
  #logprobs: Json[] | undefined
  hasRefused = false

  constructor({ notice, request, requestId }: EncodeContext<'chat'>) {
    this.notice = notice
    this.#request = request
    this.output = new Output(requestId)
  }

  open(written: WrittenBlock): string {
    const { block } = written
    if (block.type === 'text' || block.type === 'refusal') {
      this.hasRefused ||= block.type === 'refusal'
      this.#message ??= this.#begin(KINDS.text.letters)
      this.#openIn(this.#message, written, KINDS[block.type])
      this.#addPart(written)
    } else {
      this.#leave()
      if (block.type === 'native') this.output.addWhole({ id: this.output.nextId('item'), ...block.raw })
      else if (block.type === 'media') this.#addPicture(block)
      else this.#openItem(written, block)
    }
    return this.output.take() + sayHeld(this, written)
  }

  say(written: WrittenBlock, text: string): string {
    // A thought begins with its first text: one without is a proof and nothing else.
    if (written.pieces === undefined && written.block.type === 'reasoning') this.#addPart(written)
    written.pieces ??= []
    written.pieces.push(text)
    this.output.tellPiece(written.prefix, text)
    return this.output.take()
  }

  sign(written: WrittenBlock, signature: Signature): string {
    const { block } = written
    if (block.type === 'tool-call') this.#carry(signature, block.id)
    else if (block.type === 'reasoning') written.lateSignature = signature
    else this.notice('seal.lost')
    return this.output.take()
  }

  cite(written: WrittenBlock, citation: Citation): string {
    const annotation = writeAnnotation(citation, this.notice)
    const saying = this.#sayings.get(written)
    if (annotation === undefined || saying === undefined) return ''
    const annotation_index = saying.annotations.push(annotation) - 1
    this.output.tell('response.output_text.annotation.added', {
      ...saying.place,
      annotation_index,
      annotation,
    })
    return this.output.take()
  }

  /** Keeps probabilities for the text that was begun last, to be told where it is told whole. False where there is none. */
  keepLogprobs(content: readonly Json[]): boolean {
    this.#logprobs?.push(...content)
    return this.#logprobs !== undefined
  }

  close(written: WrittenBlock): string {
    const saying = this.#sayings.get(written)
    if (saying === undefined) return ''
    const { block } = written
    const isBare = written.pieces === undefined
    const argued =
      isBare && block.type === 'tool-call' && block.form === 'json' ? this.say(written, '{}') : ''
    if (!isBare || block.type !== 'reasoning') this.#complete(written, saying)
    this.#sayings.delete(written)
    saying.item.openBlocks -= 1
    this.#endIfOver(saying.item)
    return argued + this.output.take()
  }

  /**
   * Goes on with the text that is open under the id and at the place by which the provider's own bytes have told it, behind the items that
   * they told whole. Others before it were thoughts without a word.
   */
  goOnAs(wire: Uint8Array): void {
    const [written, saying] = [...this.#sayings].findLast(([, { kind }]) => kind === KINDS.text) ?? []
    if (written === undefined || saying === undefined) return
    const { place, items } = shownOutput(wire)
    if (place === undefined) return
    const { item, index } = saying
    const { output } = this
    item.place = { ...place, output_index: output.moveTo(item.place.output_index, place.output_index) }
    output.adopt(items)
    output.items[item.place.output_index] = this.#itemOf(item, 'in_progress')
    saying.place = { ...item.place, content_index: index }
    written.prefix = prefixOf(KINDS.text.piece, { ...saying.place, logprobs: [] })
  }

  /** Says why the model refused, where it did not say so itself, and ends the message that is open. */
  end(explanation: string | undefined): string {
    let refused = ''
    if (explanation !== undefined && !this.hasRefused) {
      const written = new WrittenBlock(EXPLANATION, { type: 'refusal', text: explanation })
      refused = this.open(written) + this.close(written)
    }
    this.#leave()
    return refused + this.output.take()
  }

  /** What comes next is no text: the message is over once its parts are. */
  #leave(): void {
    const message = this.#message
    if (message === undefined) return
    this.#message = undefined
    message.isOver = true
    this.#endIfOver(message)
  }

  #openItem(written: WrittenBlock, block: ReasoningBlock | ToolCallBlock): void {
    if (block.type === 'tool-call' && block.signature !== undefined) this.#carry(block.signature, block.id)
    const kind = kindOf(block)
    this.#openIn(this.#begin(kind.letters, written), written, kind)
  }

  #begin(letters: string, written?: WrittenBlock): OpenItem {
    const place = { item_id: this.output.nextId(letters), output_index: this.output.items.length }
    const item: OpenItem = { written, place, parts: [], openBlocks: 0, isOver: written !== undefined }
    this.output.add(this.#itemOf(item, 'in_progress'))
    return item
  }

  #openIn(item: OpenItem, written: WrittenBlock, kind: Kind): void {
    const index = item.parts.length
    const place = kind.part === undefined ? item.place : { ...item.place, [kind.part[1]]: index }
    const saying: Saying = { kind, item, index, place, annotations: [], logprobs: [] }
    const isText = kind === KINDS.text
    if (isText) this.#logprobs = saying.logprobs
    this.#sayings.set(written, saying)
    item.openBlocks += 1
    written.prefix = prefixOf(kind.piece, isText ? { ...place, logprobs: [] } : place)
  }

  #addPart(written: WrittenBlock): void {
    const saying = this.#sayings.get(written)
    if (saying?.kind.part === undefined) return
    const part = partOf(written, saying)
    saying.item.parts.push(part)
    this.output.tell(`${saying.kind.part[0]}.added`, { ...saying.place, part })
  }

  /** Tells whole what was said in pieces. */
  #complete(written: WrittenBlock, saying: Saying): void {
    const { kind, item, index, place, logprobs } = saying
    const { block } = written
    const beside =
      kind === KINDS.text
        ? { logprobs }
        : block.type === 'tool-call' && block.form === 'json'
          ? { name: this.#named(block)['name'] }
          : undefined
    this.output.tell(`${kind.piece}.done`, { ...place, ...beside, [kind.key]: wholeOf(written) })
    if (kind.part === undefined) return
    const part = partOf(written, saying)
    item.parts[index] = part
    this.output.tell(`${kind.part[0]}.done`, { ...place, part })
  }

  #endIfOver(item: OpenItem): void {
    if (!item.isOver || item.openBlocks > 0) return
    this.output.end(item.place.output_index, this.#itemOf(item, 'completed'))
  }

  #itemOf({ written, place: { item_id: id }, parts }: OpenItem, status: string): JsonObject {
    const block = written?.block
    const text = written === undefined ? '' : wholeOf(written)
    if (block?.type === 'reasoning') {
      const signature = written?.lateSignature ?? block.signature
      return showReasoning({ ...block, text, ...defined({ signature }) }, id)
    }
    if (block?.type !== 'tool-call')
      return { type: 'message', id, status, role: 'assistant', content: [...parts] }
    const type = block.form === 'json' ? 'function_call' : 'custom_tool_call'
    const named = { call_id: block.id, ...this.#named(block) }
    return { type, ...block.extra?.[FAMILY], id, ...named, status, [kindOf(block).key]: text }
  }

  /** A call, as its tool is named by the client. */
  #named({ name }: ToolCallBlock): JsonObject {
    return namespaceMembers(name, this.#request.tools) ?? { name }
  }

  /** The proof of a call travels in a thought that nobody reads. */
  #carry(signature: Signature, callId: string): void {
    const encrypted_content = wrapSignature({ signature, callId })
    this.output.addWhole({ type: 'reasoning', id: this.output.nextId('rs'), summary: [], encrypted_content })
  }

  #addPicture({ kind, source }: MediaBlock): void {
    if (kind !== 'image' || source.from !== 'bytes') this.notice('media.dropped')
    else {
      const id = this.output.nextId('item')
      this.output.addWhole({ type: 'image_generation_call', id, status: 'completed', result: source.base64 })
    }
  }
}

function kindOf(block: ReasoningBlock | ToolCallBlock): Kind {
  return block.type === 'reasoning' ? KINDS.reasoning : KINDS[block.form === 'json' ? 'json' : 'free']
}

/** The part of an item that a block is, as far as it was said. */
function partOf(written: WrittenBlock, { kind, annotations, logprobs }: Saying): JsonObject {
  const text = wholeOf(written)
  if (kind === KINDS.refusal) return { type: 'refusal', refusal: text }
  return kind === KINDS.text
    ? { type: 'output_text', annotations, logprobs, text }
    : { type: 'summary_text', text }
}

function wholeOf({ pieces }: WrittenBlock): string {
  return pieces?.join('') ?? ''
}
