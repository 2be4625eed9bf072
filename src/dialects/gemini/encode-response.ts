import type { Finish } from '../../exchange/chat-content.ts'
import type { Choice, Message } from '../../exchange/collect.ts'
import type { Block } from '../../exchange/content.ts'
import type { Failure } from '../../exchange/failure.ts'
import { isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { SSE_COMMENT } from '../../kit/sse.ts'
import { AnswerWriter } from '../answer-writer.ts'
import { SequentialBlocks, type BlockEvent, type BlockWire } from '../block-writer.ts'
import type { EncodeContext, ResponseEncoder } from '../dialect.ts'
import { failureBody } from './failure.ts'
import { partOf, signed } from './response-parts.ts'
import { FAMILY, WORD_BY_FINISH } from './vocabulary.ts'
import { encodeUsage } from './usage.ts'

/** Creates the writer of one response for a client of this dialect. */
export function encodeResponse(context: EncodeContext<'chat'>): ResponseEncoder<'chat'> {
  return new GeminiWriter(context)
}

/** Frames hold data alone and end with CRLF; the last one tells how each answer ended and what was used. There is no other end. */
class GeminiWriter extends AnswerWriter {
  protected readonly terminator = ''
  /** By choice. */
  readonly #blocks = new Map<number, SequentialBlocks>()
  readonly #finishes: Finish[] = []
  readonly #logprobs = new Map<number, Json[]>()
  readonly #tail: string

  constructor(context: EncodeContext<'chat'>) {
    super(context)
    this.#tail = JSON.stringify(headOf(context)).slice(1)
  }

  protected override writeBlock(event: BlockEvent): string {
    let blocks = this.#blocks.get(event.choice)
    if (blocks === undefined) {
      blocks = new SequentialBlocks(this.#wireOf(event.choice))
      this.#blocks.set(event.choice, blocks)
    }
    return blocks.write(event)
  }

  /** A call is told when it is whole, with its proof; everything else piece by piece, and its proof behind it. */
  #wireOf(choice: number): BlockWire {
    const { notice } = this.context
    return {
      family: FAMILY,
      notice,
      open: (written) => {
        const { block } = written
        written.pieces = []
        if (block.type === 'tool-call') return ''
        const part = partOf(block, notice)
        return part === undefined || isEmptyProse(block) ? '' : this.#say(choice, JSON.stringify(part))
      },
      say: ({ block, pieces }, text) => {
        if (block.type === 'tool-call') {
          pieces?.push(text)
          return ''
        }
        const mark = block.type === 'reasoning' ? ',"thought":true' : ''
        return this.#say(choice, `{"text":${JSON.stringify(text)}${mark}}`)
      },
      sign: (written, signature) => {
        const { block } = written
        written.lateSignature = signature
        if (block.type === 'tool-call') return ''
        const thought = block.type === 'reasoning' && block.form !== 'hidden' ? true : undefined
        return this.#say(choice, JSON.stringify({ text: '', thought, ...signed(signature) }))
      },
      cite: () => {
        notice('citation.dropped')
        return ''
      },
      sayNative: () => '',
      close: ({ block, pieces = [], lateSignature }) => {
        if (block.type !== 'tool-call') return ''
        const said = { ...block, arguments: block.arguments + pieces.join('') }
        const call = lateSignature === undefined ? said : { ...said, signature: lateSignature }
        return this.#say(choice, JSON.stringify(partOf(call, notice)))
      },
    }
  }

  protected override writeLogprobs({
    choice,
    content,
  }: {
    choice: number
    content: readonly Json[]
  }): string {
    this.#logprobs.set(choice, [...(this.#logprobs.get(choice) ?? []), ...content])
    return ''
  }

  protected override writeFinish(finish: Finish): string {
    this.#finishes.push(finish)
    return ''
  }

  protected override writeEnd(): string {
    let text = ''
    for (const blocks of this.#blocks.values()) text += blocks.close()
    return text + frame(JSON.stringify(this.#lastChunk()))
  }

  protected override writeFailure(failure: Failure): string {
    const { requestId } = this.context
    return frame(JSON.stringify(failureBody(failure, { requestId, attempts: [] })))
  }

  heartbeat(): string {
    return SSE_COMMENT
  }

  unary({ choices, usage, extra }: Message): JsonObject {
    return {
      ...extra?.[FAMILY],
      candidates: choices.map((choice) => candidateOf(choice, this.context)),
      usageMetadata: encodeUsage(usage),
      ...headOf(this.context),
    }
  }

  #say(choice: number, part: string): string {
    return frame(
      `{"candidates":[{"content":{"role":"model","parts":[${part}]},"index":${choice}}],${this.#tail}`,
    )
  }

  #lastChunk(): JsonObject {
    const candidates = this.#finishes.map((finish) => ({
      content: EMPTY_CONTENT,
      ...endOf(finish, this.#logprobs.get(finish.choice) ?? []),
    }))
    return {
      candidates: candidates.length === 0 ? undefined : candidates,
      usageMetadata: this.usage === undefined ? undefined : encodeUsage(this.usage),
      ...headOf(this.context),
      ...this.start?.extra?.[FAMILY],
    }
  }
}

/** What the API itself sends with the end of an answer that has nothing more to say. */
const EMPTY_CONTENT: JsonObject = { role: 'model', parts: [{ text: '' }] }

function frame(json: string): string {
  return `data: ${json}\r\n\r\n`
}

/** Text and thoughts seldom hold anything when they begin. */
function isEmptyProse(block: Block): boolean {
  return (
    (block.type === 'text' || block.type === 'reasoning') &&
    block.text === '' &&
    block.signature === undefined
  )
}

function headOf({ requestId, model }: EncodeContext): JsonObject {
  return { modelVersion: model, responseId: requestId }
}

function candidateOf({ index, blocks, finish, logprobs }: Choice, { notice }: EncodeContext): JsonObject {
  const parts = blocks.map((block) => partOf(block, notice)).filter((part) => part !== undefined)
  return {
    content: { role: 'model', parts },
    ...endOf(finish ?? { type: 'finish', choice: index, reason: 'stop' }, logprobs),
  }
}

/** How an answer ended. The family's own word is kept; one of another's says nothing here. */
function endOf(
  { choice, reason, rawReason, explanation, extra }: Finish,
  logprobs: readonly Json[],
): JsonObject {
  const own = extra?.[FAMILY]
  const isOwn = own !== undefined && rawReason !== undefined
  return {
    ...own,
    finishReason: isOwn ? rawReason : WORD_BY_FINISH[reason],
    finishMessage: explanation,
    index: choice,
    logprobsResult: logprobs.length === 0 ? undefined : toLogprobs(logprobs),
  }
}

function toLogprobs(content: readonly Json[]): JsonObject {
  const chosenCandidates = content
    .filter(isObject)
    .map(({ token, logprob }) => ({ token, logProbability: logprob }))
  return { chosenCandidates }
}
