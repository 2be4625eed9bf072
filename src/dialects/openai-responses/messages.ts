import type { RefusalBlock, TextBlock } from '../../exchange/content.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import type { WrittenBlock } from '../block-writer.ts'
import { prefixOf, type Output } from './output.ts'

/** A message: texts and refusals that lie next to each other. */
interface OpenMessage {
  readonly id: string
  readonly place: number
  readonly content: JsonObject[]
  /** Parts of it that are not complete. */
  openParts: number
  /** True once something else was begun behind it. */
  isOver: boolean
}

/** A part of a message while it is written. */
interface OpenPart {
  readonly message: OpenMessage
  /** What every event about it repeats. */
  readonly place: JsonObject & { readonly content_index: number }
  readonly annotations: JsonObject[]
  readonly logprobs: Json[]
}

const PIECES = { text: 'response.output_text', refusal: 'response.refusal' } as const

/** Writes the texts and refusals of an answer: as parts of messages, which are over once something else is begun. */
export class Messages {
  readonly #output: Output
  readonly #parts = new Map<WrittenBlock, OpenPart>()
  #latest: OpenMessage | undefined
  /** Those of the text that was begun last. */
  #logprobs: Json[] | undefined

  constructor(output: Output) {
    this.#output = output
  }

  /** Begins a part, in a message that is begun where none is open. */
  open(written: WrittenBlock, { type }: TextBlock | RefusalBlock): string {
    const begun = this.#latest === undefined ? this.#begin() : ''
    const message = this.#latest
    if (message === undefined) return begun
    const content_index = message.content.length
    const place = { item_id: message.id, output_index: message.place, content_index }
    const open: OpenPart = { message, place, annotations: [], logprobs: [] }
    if (type === 'text') this.#logprobs = open.logprobs
    this.#parts.set(written, open)
    message.openParts += 1
    written.prefix = prefixOf(PIECES[type], type === 'text' ? { ...place, logprobs: [] } : place)
    const part = partOf(written, open)
    message.content.push(part)
    return begun + this.#output.frame('response.content_part.added', { ...place, part })
  }

  #begin(): string {
    const place = this.#output.items.length
    const id = this.#output.idOf('msg', place)
    this.#latest = { id, place, content: [], openParts: 0, isOver: false }
    return this.#output.add({ type: 'message', id, status: 'in_progress', role: 'assistant', content: [] })
  }

  cite(written: WrittenBlock, annotation: JsonObject): string {
    const part = this.#parts.get(written)
    if (part === undefined) return ''
    const annotation_index = part.annotations.push(annotation) - 1
    const members = { ...part.place, annotation_index, annotation }
    return this.#output.frame('response.output_text.annotation.added', members)
  }

  /** Keeps probabilities for the text that was begun last, to be told where it is told whole. False where there is none. */
  keepLogprobs(content: readonly Json[]): boolean {
    this.#logprobs?.push(...content)
    return this.#logprobs !== undefined
  }

  close(written: WrittenBlock, { type }: TextBlock | RefusalBlock): string {
    const open = this.#parts.get(written)
    if (open === undefined) return ''
    this.#parts.delete(written)
    const { message, place, logprobs } = open
    const part = partOf(written, open)
    message.content[place.content_index] = part
    message.openParts -= 1
    const whole = type === 'text' ? { text: part['text'], logprobs } : { refusal: part['refusal'] }
    const ended =
      this.#output.frame(`${PIECES[type]}.done`, { ...place, ...whole }) +
      this.#output.frame('response.content_part.done', { ...place, part })
    return message.isOver ? ended + this.#end(message) : ended
  }

  /** What comes next is no text: the message is over once its parts are. */
  leave(): string {
    const message = this.#latest
    if (message === undefined) return ''
    this.#latest = undefined
    message.isOver = true
    return this.#end(message)
  }

  #end({ id, place, content, openParts }: OpenMessage): string {
    if (openParts > 0) return ''
    return this.#output.end(place, { type: 'message', id, status: 'completed', role: 'assistant', content })
  }
}

/** A part of a message, as far as it was said. */
function partOf({ block, pieces }: WrittenBlock, { annotations, logprobs }: OpenPart): JsonObject {
  const text = pieces?.join('') ?? ''
  if (block.type === 'refusal') return { type: 'refusal', refusal: text }
  return { type: 'output_text', annotations, logprobs, text }
}
