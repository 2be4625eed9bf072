import type { Block, Citation, Signature, ToolCallBlock } from '../exchange/content.ts'
import type { ChatEvent, ChatSink, Finish } from '../exchange/chat-content.ts'
import { isSemantic } from '../exchange/event.ts'
import type { StartEvent } from '../exchange/event-spine.ts'
import { Failure } from '../exchange/failure.ts'
import type { Usage } from '../exchange/usage.ts'
import { sha256Hex } from '../kit/hash.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { SseFrame } from '../kit/sse.ts'
import { AnswerChoice, DELTAS, type OpenBlock } from './answer-choice.ts'
import { brokenFrameFailure } from './broken-frames.ts'
import type { ResponseDecoder } from './dialect.ts'
import { FreeTextReader } from './free-text.ts'
import type { KnownTool } from './tool-name.ts'

const NO_SINK: ChatSink = () => {}
const NOTHING: StartFacts = {}
/** What is told with a start. */
export type StartFacts = Omit<StartEvent, 'type'>
/** What is told of the end of a choice. */
export type FinishFacts = Omit<Finish, 'type' | 'choice'>

/** A call as the wire tells it, before its arguments; its id and name are empty where the wire told none. */
export interface WireCall extends Pick<ToolCallBlock, 'id' | 'form' | 'signature' | 'extra'> {
  readonly wireName: string
}

/**
 * Reads an answer: one state and one vocabulary for all dialects. A dialect says what a frame is (`parse`), what it means (`read`,
 * mostly by a table from the type of the frame to a handler over this state), and how the body of a unary answer is told as frames
 * (`readBody`), so that streamed or not the same is said (law 8). What its handlers say (`open`, `say`, `cite`, `sign`, `finish`, `end`, `fail`)
 * becomes events; blocks of a choice that are still open when it finishes are closed.
 */
export abstract class AnswerReader<
  Choice extends AnswerChoice = AnswerChoice,
> implements ResponseDecoder<'chat'> {
  /** Tools that the provider knows by another name, or as something else than they are; by the provider's names. */
  readonly tools: ReadonlyMap<string, KnownTool>
  /** In order of their first frames. */
  readonly choices: Choice[] = []
  /** How many answers the client asked for. */
  readonly wanted: number
  /** True once the start was told. */
  isStarted = false
  /** True once something was told that the client would notice. */
  hasSpoken = false
  done = false
  hasFailed = false
  /** True where the last frame was not what the dialect speaks. */
  isBroken = false
  #responseId = ''
  #brokenFrames = 0
  #sink: ChatSink = NO_SINK

  constructor(tools: ReadonlyMap<string, KnownTool>, wanted = 1) {
    this.tools = tools
    this.wanted = wanted
  }

  /** The data of a frame as an object; undefined where it is not what the dialect speaks. */
  protected abstract parse(frame: SseFrame): JsonObject | undefined
  /** Says what a frame means; errors included. */
  protected abstract read(frame: JsonObject, event: string): void
  /** Says what the body of a unary answer means: what its frames would have said, up to the end or a failure. */
  protected abstract readBody(body: JsonObject): void
  /** Makes the state of a choice. */
  protected abstract createChoice(index: number): Choice

  /** The text `[DONE]`, with which many servers end a stream, whatever they speak. */
  protected onDoneMark(): void {}

  /** The transport ended without the terminal marker. */
  protected onClose(): void {
    if (this.complete) this.end()
    else this.fail(new Failure('stream-truncated'))
  }

  frame(frame: SseFrame, sink: ChatSink): void {
    if (this.done || frame.data === '') return
    this.#sink = sink
    this.isBroken = false
    const read = this.parse(frame)
    if (read === undefined) this.#onUnread(frame.data.trim())
    else this.read(read, frame.event)
  }

  unary(body: JsonObject, sink: ChatSink): void {
    if (this.done) return
    this.#sink = sink
    this.readBody(body)
  }

  close(sink: ChatSink): void {
    if (this.done) return
    this.#sink = sink
    this.onClose()
  }

  get complete(): boolean {
    if (this.choices.length < this.wanted) return false
    for (const { isFinished } of this.choices) if (!isFinished) return false
    return true
  }

  /** The state of a choice, made where it is new; undefined beyond the limit of choices. */
  choiceAt(index: number): Choice | undefined {
    for (const known of this.choices) if (known.index === index) return known
    if (!Number.isInteger(index) || index < 0 || this.choices.length >= LIMITS.choices) return undefined
    const choice = this.createChoice(index)
    this.choices.push(choice)
    return choice
  }

  /**
   * Tells that the provider has begun to answer. A second start is a defect of some providers, and means nothing; an answer whose start
   * was lost begins with what it says first.
   */
  start(facts: StartFacts): void {
    if (this.isStarted) return
    this.isStarted = true
    this.#responseId = facts.responseId ?? ''
    this.tell({ type: 'start', ...facts })
  }

  /**
   * Opens a block, empty as events want it. Gives undefined and ends the answer where there are more than `LIMITS.blocks`.
   *
   * @param wireIndex the provider's own index of it
   */
  open(choice: Choice, block: Block, wireIndex?: number): OpenBlock | undefined {
    return this.#open(choice, block, { wireIndex, freeText: undefined })
  }

  /**
   * Opens a call under the name that the client gave its tool; where the tool is told as a function, its arguments become free text.
   * One that came without an id gets one; without a name nobody could run it, which ends the answer.
   */
  openCall(choice: Choice, call: WireCall, wireIndex?: number): OpenBlock | undefined {
    const { wireName, ...members } = call
    if (wireName === '') {
      this.fail(new Failure('malformed-response', { cause: 'a call without a name' }))
      return undefined
    }
    const id = members.id === '' ? this.#inventId(choice) : members.id
    const known = this.tools.get(wireName)
    const isEmulated = known?.text === true
    const form = isEmulated ? 'text' : members.form
    choice.hasCalled = true
    return this.#open(
      choice,
      { type: 'tool-call', ...members, id, name: known?.name ?? wireName, arguments: '', form },
      { wireIndex, freeText: isEmulated ? new FreeTextReader() : undefined },
    )
  }

  /** The same for the same response, another for each call. */
  #inventId({ index, nextIndex }: Choice): string {
    return `call_${sha256Hex(`${this.#responseId}/${index}/${nextIndex}`).slice(0, 24)}`
  }

  #open(choice: Choice, block: Block, how: Pick<OpenBlock, 'wireIndex' | 'freeText'>): OpenBlock | undefined {
    const index = choice.nextIndex
    if (index >= LIMITS.blocks) {
      this.fail(new Failure('response-too-large', { cause: 'too many blocks' }))
      return undefined
    }
    choice.nextIndex += 1
    this.start(NOTHING)
    const open: OpenBlock = {
      choice: choice.index,
      index,
      kind: block.type,
      delta: DELTAS[block.type],
      wireIndex: how.wireIndex,
      freeText: how.freeText,
      isFilled: false,
      whole: undefined,
    }
    choice.open.push(open)
    this.tell({ type: 'block-start', choice: choice.index, index, block })
    return open
  }

  /** Says a further piece of a block: of its text, or of the arguments of a call as they are on the wire. */
  say(open: OpenBlock, piece: string): void {
    const { delta, freeText } = open
    if (piece === '' || delta === undefined) return
    open.isFilled = true
    const text = freeText === undefined ? piece : freeText.push(piece)
    if (text !== '') this.tell({ type: delta, choice: open.choice, index: open.index, text })
  }

  cite({ choice, index }: OpenBlock, citation: Citation): void {
    this.tell({ type: 'citation', choice, index, citation })
  }

  sign({ choice, index }: OpenBlock, signature: Signature): void {
    this.tell({ type: 'signature', choice, index, signature })
  }

  /** Says a further piece of a native block, as its family wrote it. */
  sayNative({ choice, index }: OpenBlock, raw: JsonObject): void {
    this.tell({ type: 'native-delta', choice, index, raw })
  }

  /** Says a block that came in one piece, with the proof that stands behind it. */
  sayWhole(choice: Choice, block: Block, signature?: Signature): void {
    const open = this.open(choice, block)
    if (open !== undefined && signature !== undefined) this.sign(open, signature)
    this.endBlock(choice, open)
  }

  /** Ends a block; nothing where it is not open any more. */
  endBlock(choice: Choice, open: OpenBlock | undefined): void {
    const at = open === undefined ? -1 : choice.open.lastIndexOf(open)
    if (open === undefined || at < 0) return
    if (!open.isFilled && open.whole !== undefined) this.say(open, open.whole)
    choice.open.splice(at, 1)
    const { index, freeText } = open
    const text = freeText === undefined ? '' : freeText.end()
    if (text !== '') this.tell({ type: 'arguments-delta', choice: choice.index, index, text })
    this.tell({ type: 'block-end', choice: choice.index, index })
  }

  /** Says why a choice ended; what is still open of it is closed. */
  finish(choice: Choice, why: FinishFacts): void {
    this.start(NOTHING)
    for (let first = choice.open[0]; first !== undefined; first = choice.open[0]) this.endBlock(choice, first)
    choice.isFinished = true
    this.tell({ type: 'finish', choice: choice.index, ...why })
  }

  /** Tells usage as far as it is known: it has to be paid however the answer ends. Final when it covers the whole answer. */
  tellUsage(usage: Usage, isFinal = false): void {
    this.tell(isFinal ? { type: 'usage', usage, isFinal } : { type: 'usage', usage })
  }

  /** The terminal marker was seen. */
  end(): void {
    this.tell({ type: 'end' })
    this.done = true
  }

  /** Ends the answer with a failure. */
  fail(failure: Failure): void {
    if (this.done) return
    this.tell({ type: 'failure', failure })
    this.hasFailed = true
    this.done = true
  }

  /** Pushes an event and remembers whether it meant something. */
  tell(event: ChatEvent): void {
    if (this.done) return
    if (!this.hasSpoken && isSemantic(event)) this.hasSpoken = true
    this.#sink(event)
  }

  #onUnread(data: string): void {
    if (data === '') return
    if (data === DONE_MARK) {
      this.onDoneMark()
      return
    }
    this.isBroken = true
    this.#brokenFrames += 1
    const inCall = this.choices.some(({ hasCalled, isFinished }) => hasCalled && !isFinished)
    const failure = brokenFrameFailure({ count: this.#brokenFrames, spoke: this.hasSpoken, inCall })
    if (failure !== undefined) this.fail(failure)
  }
}

/** A proof alone: a thought that nobody reads. */
export const HIDDEN_THOUGHT: Block = { type: 'reasoning', text: '', form: 'hidden' }

const DONE_MARK = '[DONE]'

/** Reads an answer on a wire that has one answer at a time. */
export abstract class SingleAnswerReader extends AnswerReader {
  readonly choice = new AnswerChoice(0)

  constructor(tools: ReadonlyMap<string, KnownTool>) {
    super(tools)
    this.choices.push(this.choice)
  }

  protected override createChoice(): AnswerChoice {
    return this.choice
  }
}
