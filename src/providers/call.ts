import type { NativeContext, WireRequest } from '../dialects/dialect.ts'
import type { ContentAccess } from '../exchange/content-access.ts'
import {
  clientBytes,
  requestFeatures,
  requestTo,
  type Attempt,
  type RawRequest,
} from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { UNDONE_IN_ANSWER, type NoticeSink } from '../exchange/notice.ts'
import type { ModelRequest } from '../exchange/operations/all.ts'
import type { Capabilities, Quirks } from '../exchange/target.ts'
import type { LaneChoice } from './choose-lane.ts'
import type { FailureCleaner } from './clean-failures.ts'
import type { ReadingContext } from './frame-reader.ts'
import { forwardedHeaders } from './outbound-headers.ts'
import type { CleansFailures } from './receive-stream.ts'

/** Headers on the wire, by their names in lower case. */
export type WireHeaders = Readonly<Record<string, string>>

/** An attempt through one of the target's dialects: all that the dialect is told of it. */
export class Call implements NativeContext, ReadingContext, CleansFailures {
  readonly attempt: Attempt
  readonly choice: LaneChoice
  readonly request: ModelRequest
  readonly model: string
  readonly capabilities: Capabilities
  readonly quirks: Quirks
  readonly headers: WireHeaders
  readonly contentAccess: ContentAccess
  /** True when the answer has to be translated: the request says other things than the client or in other words, or the client wants another shape. */
  reworded: boolean
  readonly #cleaner: FailureCleaner
  /** Has the house set marks for the provider's cache? */
  readonly #isMarked: boolean
  /** The bytes to pass on; absent where the request is written anew. */
  readonly #passed: RawRequest | undefined
  #notice: NoticeSink | undefined

  constructor(attempt: Attempt, choice: LaneChoice, cleaner: FailureCleaner) {
    const { exchange, target } = attempt
    this.attempt = attempt
    this.choice = choice
    this.#cleaner = cleaner
    const asked = requestTo(attempt)
    this.request = marksPrompts(attempt) ? (choice.codec.markPrompt?.(asked) ?? asked) : asked
    this.#isMarked = this.request !== asked
    this.reworded = this.request.answerShape !== undefined
    this.#passed = choice.rewrites ? undefined : clientBytes(exchange, this.request)
    this.model = target.model
    this.capabilities = target.capabilities
    this.quirks = choice.spoken.quirks
    this.contentAccess = exchange.trail.contentAccess
    this.headers = forwardedHeaders(exchange.envelope.forwarded, choice.dialect.forwardHeaders)
  }

  /** Made when a dialect asks for it: what is passed on as it is hardly ever leaves a notice. */
  get notice(): NoticeSink {
    this.#notice ??= (code, subject) => {
      this.reworded ||= UNDONE_IN_ANSWER.has(code)
      this.attempt.notices.add(code, subject)
    }
    return this.#notice
  }

  clean(failure: Failure): Failure {
    return this.#cleaner.clean(failure, { spoken: this.choice.spoken, credential: this.attempt.credential })
  }

  write(): WireRequest {
    const { codec } = this.choice
    if (this.#isMarked) this.notice('cache.marked')
    return this.#passed === undefined || codec.passRequest === undefined
      ? codec.encodeRequest(this.request, this)
      : codec.passRequest(this.#passed, this)
  }
}

/** Shorter prompts are cached by nobody: written anew for nothing, they would lose their bytes. */
const LEAST_TOKENS = 1_024

function marksPrompts({ exchange }: Attempt): boolean {
  return exchange.route?.marksPrompts === true && requestFeatures(exchange).inputTokens >= LEAST_TOKENS
}
