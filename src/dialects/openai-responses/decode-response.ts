import type { Block, NativeBlock } from '../../exchange/content.ts'
import type { FinishReason } from '../../exchange/chat-content.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Quirks } from '../../exchange/target.ts'
import {
  isArray,
  omitKeys,
  parseJsonObjectExactly,
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { SseFrame } from '../../kit/sse.ts'
import type { OpenBlock } from '../answer-choice.ts'
import { SingleAnswerReader } from '../answer-reader.ts'
import type { DecodeContext } from '../dialect.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { decodeUsage } from '../reported-usage.ts'
import { askedTier } from '../served-tiers.ts'
import { readChangedTools } from '../tool-name.ts'
import { toolWireOf } from '../towards.ts'
import { presentExtra } from '../unknown-members.ts'
import { readAnnotation } from './annotation.ts'
import { COMPACTION } from './compaction-item.ts'
import { FAILURES } from './failure.ts'
import { readReasoningItem } from './reasoning-item.ts'
import { FAMILY, RESPONSE_FIELDS, TOOL_RULES } from './vocabulary.ts'
import { defined } from '../../kit/defined.ts'
import { joinName } from './tools.ts'

/** What a piece of text adds to, by its event: the block as it is opened, where it is not yet open. Calls are, by their items. */
const PIECES: ReadonlyMap<string, Block | undefined> = new Map<string, Block | undefined>([
  ['response.output_text.delta', { type: 'text', text: '' }],
  ['response.refusal.delta', { type: 'refusal', text: '' }],
  ['response.reasoning_summary_text.delta', { type: 'reasoning', text: '', form: 'summary' }],
  ['response.reasoning_text.delta', { type: 'reasoning', text: '', form: 'full' }],
  ['response.function_call_arguments.delta', undefined],
  ['response.custom_tool_call_input.delta', undefined],
])

/** What ends an answer, and holds all of it. */
const ENDS: ReadonlySet<string> = new Set(
  ['completed', 'incomplete', 'failed', 'cancelled'].map((status) => `response.${status}`),
)

const CALLS: ReadonlySet<Json | undefined> = new Set(['function_call', 'custom_tool_call'])

/** What stands in every answer, and in every event. */
const ANSWERS = ['output', 'id', 'usage'] as const
const EVENTS = ['type', 'sequence_number', 'output_index'] as const
const PARAGRAPH = '\n\n'

/**
 * Reads one answer: items by their place in the output, because some servers change their ids on the way. Texts come in pieces, and
 * what no piece has said is taken from the whole item at its end, and from the whole answer at the end of that.
 */
export class ResponsesReader extends SingleAnswerReader {
  readonly #quirks: Quirks
  readonly #askedTier: string | undefined
  /** Indexes of items that are complete. */
  readonly #over = new Set<number>()
  #latest = 0
  /** The part of a summary that was said last. */
  #part = 0
  #hasRefused = false

  constructor({ request, quirks }: DecodeContext<'chat'>) {
    super(readChangedTools(request, toolWireOf(quirks, TOOL_RULES)))
    this.#quirks = quirks
    this.#askedTier = askedTier(request, quirks)
  }

  protected override parse({ data }: SseFrame): JsonObject | undefined {
    return parseJsonObjectExactly(data)
  }

  protected override read(event: JsonObject, name: string): void {
    const type = readString(event, 'type') ?? name
    const response = readObject(event, 'response')
    if (ENDS.has(type)) return this.#conclude(response ?? {})
    if (response !== undefined) return this.#begin(response)
    if (type === 'error' || isErrorBody(event, EVENTS)) return this.fail(FAILURES.decodeInside(event))
    const itemIndex = readNumber(event, 'output_index') ?? this.#latest
    if (PIECES.has(type)) this.#onPiece(event, itemIndex, PIECES.get(type))
    else this.#onItem(type, event, itemIndex)
  }

  protected override readBody(body: JsonObject): void {
    if (isErrorBody(body, ANSWERS)) this.fail(FAILURES.decodeInside(body))
    else if (body['output'] === undefined && body['status'] === undefined)
      this.fail(new Failure('malformed-response', { cause: 'the body is no response' }))
    else this.#conclude(body)
  }

  #begin(response: JsonObject): void {
    const responseId = readString(response, 'id') ?? ''
    const model = readString(response, 'model') ?? ''
    const extra = presentExtra(FAMILY, omitKeys(response, RESPONSE_FIELDS))
    this.start({
      ...(responseId === '' ? {} : { responseId }),
      ...(model === '' ? {} : { model }),
      ...defined({ extra }),
    })
  }

  #conclude(response: JsonObject): void {
    this.#begin(response)
    const status = readString(response, 'status') ?? 'completed'
    if (status !== 'completed' && status !== 'incomplete') {
      this.#tellUsed(response)
      return this.fail(FAILURES.decodeInside(response))
    }
    const isCompaction = response['object'] === COMPACTION
    readObjects(response, 'output').forEach((item, itemIndex) =>
      isCompaction ? this.#openAt(itemIndex, native(item)) : this.#complete(item, itemIndex),
    )
    if (this.done) return
    this.finish(this.choice, { reason: this.#reasonOf(response, status) })
    this.#tellUsed(response)
    this.end()
  }

  #tellUsed(response: JsonObject): void {
    const reported = readObject(response, 'usage')
    if (reported === undefined) return
    const told = readString(response, 'service_tier')
    this.tellUsage(decodeUsage(reported, this.#quirks, { asked: this.#askedTier, told }), true)
  }

  #reasonOf(response: JsonObject, status: string): FinishReason {
    if (status === 'incomplete') {
      const { reason } = readObject(response, 'incomplete_details') ?? {}
      return reason === 'content_filter' ? 'content-filter' : 'length'
    }
    if (this.choice.hasCalled) return 'tool-calls'
    return this.#hasRefused ? 'refusal' : 'stop'
  }

  /** The `done` events of single pieces repeat what was said, and others say nothing. */
  #onItem(type: string, event: JsonObject, itemIndex: number): void {
    const item = readObject(event, 'item') ?? {}
    if (type === 'response.output_item.added') this.#add(item, itemIndex)
    else if (type === 'response.output_item.done') this.#complete(item, itemIndex)
    else if (type === 'response.output_text.annotation.added') {
      const block = this.#blockAt(itemIndex, readNumber(event, 'content_index'))
      const annotation = readObject(event, 'annotation')
      if (block !== undefined && annotation !== undefined) this.cite(block, readAnnotation(annotation))
    }
  }

  #onPiece(event: JsonObject, itemIndex: number, opened: Block | undefined): void {
    this.#latest = itemIndex
    const index = opened?.type === 'reasoning' ? 0 : readNumber(event, 'content_index')
    const block = this.#blockAt(itemIndex, index) ?? this.#openAt(itemIndex, opened, index)
    if (block === undefined) return
    const part = readNumber(event, 'summary_index') ?? this.#part
    const joint = part !== this.#part && block.isFilled ? PARAGRAPH : ''
    this.#part = part
    this.say(block, joint + (readString(event, 'delta') ?? ''))
    this.#tellLogprobs(event)
  }

  /** An item that begins: only calls tell then what they are. */
  #add(item: JsonObject, itemIndex: number): OpenBlock | undefined {
    this.start({})
    this.#latest = itemIndex
    if (!CALLS.has(item['type']) || this.#over.has(itemIndex)) return undefined
    const known = this.#blockAt(itemIndex)
    if (known !== undefined) return known
    const wireName = joinName(readString(item, 'namespace'), readString(item, 'name') ?? '')
    const id = readString(item, 'call_id') ?? readString(item, 'id') ?? ''
    const form = item['type'] === 'function_call' ? 'json' : 'text'
    return this.openCall(this.choice, { id, form, wireName }, wireIndexOf(itemIndex, 0))
  }

  /** An item that is whole, in a stream as in an answer that came whole: what no piece has said of it is said now. */
  #complete(item: JsonObject, itemIndex: number): void {
    if (this.#over.has(itemIndex)) return
    const call = this.#add(item, itemIndex)
    const type = readString(item, 'type')
    if (call?.isFilled === false) this.say(call, textIn(item['arguments'] ?? item['input']))
    else if (type === 'message')
      readObjects(item, 'content').forEach((part, index) => this.#completePart(part, itemIndex, index))
    else if (type === 'reasoning') this.#completeThought(item, itemIndex)
    else if (type !== undefined && !CALLS.has(type)) this.#openAt(itemIndex, native(item))
    this.#over.add(itemIndex)
    const written = this.choice.open.filter((block) => itemIndexOf(block) === itemIndex)
    for (const block of written) this.endBlock(this.choice, block)
  }

  #completePart(part: JsonObject, itemIndex: number, index: number): void {
    const type = readString(part, 'type') === 'refusal' ? 'refusal' : 'text'
    const block = this.#blockAt(itemIndex, index) ?? this.#openAt(itemIndex, { type, text: '' }, index)
    if (block === undefined || block.isFilled) return
    this.say(block, readString(part, type) ?? '')
    for (const annotation of readObjects(part, 'annotations')) this.cite(block, readAnnotation(annotation))
    this.#tellLogprobs(part)
  }

  #completeThought(item: JsonObject, itemIndex: number): void {
    const { text, form, signature } = readReasoningItem(item)
    const known = this.#blockAt(itemIndex)
    if (known === undefined && text === '' && signature === undefined) return
    const block = known ?? this.#openAt(itemIndex, { type: 'reasoning', text: '', form })
    if (block === undefined) return
    if (!block.isFilled) this.say(block, text)
    if (signature !== undefined) this.sign(block, signature)
  }

  #blockAt(itemIndex: number, index = 0): OpenBlock | undefined {
    return this.choice.find(wireIndexOf(itemIndex, index))
  }

  #openAt(itemIndex: number, block: Block | undefined, index = 0): OpenBlock | undefined {
    if (block === undefined || this.#over.has(itemIndex)) return undefined
    if (block.type === 'refusal') this.#hasRefused = true
    return this.open(this.choice, block, wireIndexOf(itemIndex, index))
  }

  #tellLogprobs(holder: JsonObject): void {
    const content = holder['logprobs']
    if (isArray(content) && content.length > 0) this.tell({ type: 'logprobs', choice: 0, content })
  }
}

function native(raw: JsonObject): NativeBlock {
  return { type: 'native', family: FAMILY, raw }
}

/** One index for the place of an item and that of a part in it. */
function wireIndexOf(itemIndex: number, index: number): number {
  return itemIndex * LIMITS.blocks + index
}

function itemIndexOf({ wireIndex = 0 }: OpenBlock): number {
  return Math.floor(wireIndex / LIMITS.blocks)
}

function textIn(value: Json | undefined): string {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? '' : JSON.stringify(value)
}
