import type { Block } from '../../exchange/content.ts'
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
import { FAILURES } from './failure.ts'
import { readReasoningItem } from './reasoning-item.ts'
import { FAMILY, RESPONSE_FIELDS, TOOL_RULES } from './vocabulary.ts'
import { defined } from '../../kit/defined.ts'
import { joinName } from './tools.ts'

type Handler = (reader: ResponsesReader, event: JsonObject, itemIndex: number) => void

/** What each event says of an item; the `done` events of single pieces repeat what was said, and others say nothing. */
const HANDLERS: ReadonlyMap<string, Handler> = new Map<string, Handler>([
  ['response.output_item.added', (reader, event, itemIndex) => reader.onAdded(itemIn(event), itemIndex)],
  ['response.output_item.done', (reader, event, itemIndex) => reader.onDone(itemIn(event), itemIndex)],
  ['response.output_text.delta', (reader, event, itemIndex) => reader.onText(event, itemIndex, 'text')],
  ['response.refusal.delta', (reader, event, itemIndex) => reader.onText(event, itemIndex, 'refusal')],
  [
    'response.output_text.annotation.added',
    (reader, event, itemIndex) => reader.onAnnotation(event, itemIndex),
  ],
  [
    'response.reasoning_summary_text.delta',
    (reader, event, itemIndex) => reader.onThought(event, itemIndex, 'summary'),
  ],
  ['response.reasoning_text.delta', (reader, event, itemIndex) => reader.onThought(event, itemIndex, 'full')],
  [
    'response.function_call_arguments.delta',
    (reader, event, itemIndex) => reader.onArguments(event, itemIndex),
  ],
  [
    'response.custom_tool_call_input.delta',
    (reader, event, itemIndex) => reader.onArguments(event, itemIndex),
  ],
])

function itemIn(event: JsonObject): JsonObject {
  return readObject(event, 'item') ?? {}
}

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
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return this.#begin(readObject(event, 'response') ?? {})
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
        return this.#conclude(readObject(event, 'response') ?? {})
    }
    if (type === 'error' || isErrorBody(event, EVENTS)) return this.fail(FAILURES.decodeInside(event))
    const handle = HANDLERS.get(type)
    if (handle === undefined) return
    this.#begin({})
    const itemIndex = readNumber(event, 'output_index') ?? this.#latest
    this.#latest = itemIndex
    if (!this.#over.has(itemIndex)) handle(this, event, itemIndex)
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
    readObjects(response, 'output').forEach((item, itemIndex) => {
      if (this.#over.has(itemIndex)) return
      this.onAdded(item, itemIndex)
      this.onDone(item, itemIndex)
    })
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

  onAdded(item: JsonObject, itemIndex: number): void {
    const type = readString(item, 'type')
    const isCall = type === 'function_call' || type === 'custom_tool_call'
    if (isCall && this.#blockAt(itemIndex) === undefined) this.#openItemCall(item, itemIndex)
  }

  onDone(item: JsonObject, itemIndex: number): void {
    switch (readString(item, 'type')) {
      case 'message':
        readObjects(item, 'content').forEach((part, index) => this.#completePart(part, itemIndex, index))
        break
      case 'reasoning':
        this.#completeThought(item, itemIndex)
        break
      case 'function_call':
      case 'custom_tool_call': {
        const call = this.#blockAt(itemIndex) ?? this.#openItemCall(item, itemIndex)
        if (call?.isFilled === false) this.say(call, textIn(item['arguments'] ?? item['input']))
        break
      }
      case undefined:
        break
      default:
        this.#openAt(itemIndex, { type: 'native', family: FAMILY, raw: item })
    }
    this.#over.add(itemIndex)
    const written = this.choice.open.filter((block) => itemIndexOf(block) === itemIndex)
    for (const block of written) this.endBlock(this.choice, block)
  }

  onText(event: JsonObject, itemIndex: number, type: 'text' | 'refusal'): void {
    const index = readNumber(event, 'content_index') ?? 0
    const block = this.#textAt(type, itemIndex, index)
    if (block === undefined) return
    this.say(block, readString(event, 'delta') ?? '')
    this.#tellLogprobs(event)
  }

  onAnnotation(event: JsonObject, itemIndex: number): void {
    const block = this.#blockAt(itemIndex, readNumber(event, 'content_index') ?? 0)
    const annotation = readObject(event, 'annotation')
    if (block !== undefined && annotation !== undefined) this.cite(block, readAnnotation(annotation))
  }

  onThought(event: JsonObject, itemIndex: number, form: 'summary' | 'full'): void {
    const block = this.#blockAt(itemIndex) ?? this.#openAt(itemIndex, { type: 'reasoning', text: '', form })
    if (block === undefined) return
    const part = readNumber(event, 'summary_index') ?? 0
    const joint = part !== this.#part && block.isFilled ? PARAGRAPH : ''
    this.#part = part
    this.say(block, joint + (readString(event, 'delta') ?? ''))
  }

  onArguments(event: JsonObject, itemIndex: number): void {
    const call = this.#blockAt(itemIndex)
    if (call !== undefined) this.say(call, readString(event, 'delta') ?? '')
  }

  #completePart(part: JsonObject, itemIndex: number, index: number): void {
    const type = readString(part, 'type') === 'refusal' ? 'refusal' : 'text'
    const block = this.#textAt(type, itemIndex, index)
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

  #openItemCall(item: JsonObject, itemIndex: number): OpenBlock | undefined {
    const wireName = joinName(readString(item, 'namespace'), readString(item, 'name') ?? '')
    const id = readString(item, 'call_id') ?? readString(item, 'id') ?? ''
    const form = readString(item, 'type') === 'custom_tool_call' ? 'text' : 'json'
    return this.openCall(this.choice, { id, form, wireName }, wireIndexOf(itemIndex, 0))
  }

  #textAt(type: 'text' | 'refusal', itemIndex: number, index: number): OpenBlock | undefined {
    if (type === 'refusal') this.#hasRefused = true
    return this.#blockAt(itemIndex, index) ?? this.#openAt(itemIndex, { type, text: '' }, index)
  }

  #blockAt(itemIndex: number, index = 0): OpenBlock | undefined {
    return this.choice.find(wireIndexOf(itemIndex, index))
  }

  #openAt(itemIndex: number, block: Block, index = 0): OpenBlock | undefined {
    return this.open(this.choice, block, wireIndexOf(itemIndex, index))
  }

  #tellLogprobs(holder: JsonObject): void {
    const content = holder['logprobs']
    if (isArray(content) && content.length > 0) this.tell({ type: 'logprobs', choice: 0, content })
  }
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
