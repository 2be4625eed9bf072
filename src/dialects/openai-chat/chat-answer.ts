import type { Extra, Signature } from '../../exchange/content.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { Quirks } from '../../exchange/target.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import { AnswerChoice, type OpenBlock } from '../answer-choice.ts'
import { AnswerReader } from '../answer-reader.ts'
import type { DecodeContext } from '../dialect.ts'
import { decodeUsage } from '../reported-usage.ts'
import { askedTier, type ServiceWord } from '../served-tiers.ts'
import { readChangedTools } from '../tool-name.ts'
import { toolWireOf } from '../towards.ts'
import { TOOL_RULES } from './vocabulary.ts'
import { ThinkTags } from './think-tags.ts'

/** A tool call under way. It is opened towards the reader once its name is known. */
export interface CallState {
  /** The provider's index of the call, when it gives one. */
  readonly key: number | undefined
  id: string | undefined
  wireName: string | undefined
  /** The proof that the provider wants back with the call. */
  signature: Signature | undefined
  readonly form: 'json' | 'text'
  readonly extra: Extra | undefined
  block: OpenBlock | undefined
  /** All arguments so far. */
  text: string
}

/** One of the answers, with what the words of this dialect leave to be remembered. */
export class ChatChoice extends AnswerChoice {
  /** The block of prose that is being written: at most one at a time. */
  prose: OpenBlock | undefined
  /** Tells parts of reasoning apart that must not flow together. */
  part = ''
  /** Where the provider writes thoughts into the text. */
  readonly tags: ThinkTags | undefined
  readonly calls: CallState[] = []
  audio: OpenBlock | undefined
  hasRefused = false
  hasCited = false
  /** The provider's finish word, once told. */
  finishWord: string | undefined
  nativeWord: string | undefined
  stopSequence: string | undefined

  constructor(index: number, { thinkTags }: Quirks) {
    super(index)
    this.tags = thinkTags === true ? new ThinkTags() : undefined
  }
}

const NO_SOURCES: ChatAnswer['sources'] = []

/** All that is remembered of an answer between chunks. */
export abstract class ChatAnswer extends AnswerReader<ChatChoice> {
  readonly quirks: Quirks
  /** What the response says of itself, merged from the chunks before the first choice. */
  responseId: string | undefined
  model: string | undefined
  extra: Record<string, Json | undefined> | undefined
  /** The largest report of usage so far, and the one that was told last. */
  usage: JsonObject | undefined
  reportedUsage: JsonObject | undefined
  /** The tier of service, as the client asked for it and as the provider tells it. */
  readonly service: Mutable<ServiceWord>
  /** Sources that the provider lists for the whole answer. */
  sources: readonly { readonly url: string; readonly title?: string }[] = NO_SOURCES
  /** True where choices hold whole messages (the body of a unary answer) and not deltas. */
  isWhole = false

  constructor({ request, quirks }: DecodeContext<'chat'>) {
    super(readChangedTools(request, toolWireOf(quirks, TOOL_RULES)), request.choices)
    this.quirks = quirks
    this.service = { asked: askedTier(request, quirks) }
  }

  protected override createChoice(index: number): ChatChoice {
    return new ChatChoice(index, this.quirks)
  }

  /** Usage that is already known is told first, because it was charged. */
  override fail(failure: Failure): void {
    this.reportUsage()
    super.fail(failure)
  }

  /** Tells what is known of usage, where that is news: at once, because it has to be paid however the answer ends. */
  reportUsage(): void {
    if (this.usage === undefined || this.usage === this.reportedUsage) return
    this.reportedUsage = this.usage
    this.tellUsage(decodeUsage(this.usage, this.quirks, this.service), this.complete)
  }

  /** Ends the open block of prose, if any. The text of the first choice takes the listed sources with it. */
  endProse(choice: ChatChoice): void {
    const { prose } = choice
    if (prose === undefined) return
    choice.prose = undefined
    if (prose.kind === 'text' && choice.index === 0 && !choice.hasCited) {
      for (const source of this.sources) this.cite(prose, source)
      choice.hasCited = this.sources.length > 0
    }
    this.endBlock(choice, prose)
  }
}
