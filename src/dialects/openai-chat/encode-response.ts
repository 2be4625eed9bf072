import type { Message } from '../../exchange/collect.ts'
import type { Failure } from '../../exchange/failure.ts'
import { omitKeys, type JsonObject } from '../../kit/json.ts'
import { SSE_COMMENT } from '../../kit/sse.ts'
import { ChoicesWriter } from '../answer-writer.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { ChatBlocks, type ChoiceContext } from './chat-blocks.ts'
import { encodeCompletion } from './encode-completion.ts'
import { failureBody } from './failure.ts'
import { completionId } from './message-parts.ts'
import { FAMILY, RESPONSE_FIELDS } from './vocabulary.ts'
import { encodeUsage } from './usage.ts'

const DONE = 'data: [DONE]\n\n'

/** Creates the writer of one response for a client of this dialect. */
export function encodeResponse(context: EncodeContext<'chat'>): ResponseEncoder<'chat'> {
  return new ChatWriter(context)
}

/** Writes an answer of Chat Completions: a chunk for every piece, usage alone at the end for clients that asked for it. */
class ChatWriter extends ChoicesWriter<ChatBlocks> {
  protected override readonly terminator = DONE
  readonly #wantsUsage: boolean
  readonly #isLegacy: boolean
  /** Everything of a chunk before its choices. */
  #head: string | undefined

  constructor(context: EncodeContext<'chat'>) {
    super(context)
    const { wantsUsage, legacyCalls = false } = context.request
    this.#wantsUsage = wantsUsage
    this.#isLegacy = legacyCalls
  }

  heartbeat(): string {
    return SSE_COMMENT
  }

  unary(message: Message): JsonObject {
    return encodeCompletion(message, this.context)
  }

  protected override writeEnd(): string {
    if (!this.#wantsUsage || this.usage === undefined) return DONE
    return `${this.#chunkHead()}],"usage":${JSON.stringify(encodeUsage(this.usage))}}\n\n${DONE}`
  }

  protected override writeFailure(failure: Failure): string {
    const { requestId } = this.context
    return `data: ${JSON.stringify(failureBody(failure, { requestId, attempts: [] }))}\n\n`
  }

  protected override createChoice(index: number): ChatBlocks {
    return new ChatBlocks(index, this.#choiceContext())
  }

  #choiceContext(): ChoiceContext {
    return {
      notice: this.context.notice,
      isLegacy: this.#isLegacy,
      prefix: this.#chunkHead(),
      suffix: this.#wantsUsage ? '],"usage":null}\n\n' : ']}\n\n',
    }
  }

  /** Made when it is first asked for, behind the start, which tells some of it. */
  #chunkHead(): string {
    this.#head ??= headOf(this.context, this.start?.extra?.[FAMILY] ?? {})
    return this.#head
  }
}

function headOf({ requestId, shownId, createdMs, model }: EncodeContext<'chat'>, extra: JsonObject): string {
  const head: JsonObject = {
    id: shownId ?? completionId(requestId),
    object: 'chat.completion.chunk',
    created: Math.floor(createdMs / 1000),
    model,
    ...omitKeys(extra, RESPONSE_FIELDS),
  }
  return `data: ${JSON.stringify(head).slice(0, -1)},"choices":[`
}
