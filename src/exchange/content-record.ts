import { LIMITS } from '../kit/limits.ts'
import type { Failure } from './failure.ts'
import { createFoldOf, type ContentOf, type Operation, type ResultOf } from './operations/all.ts'
import type { Fold } from './operations/operation-row.ts'
import type { Lane, ResponseChunk } from './response.ts'
import type { Watcher } from './watcher.ts'

/** How much of what is said is kept: nothing, all but personal data and secrets, or all. From the least to the most. */
export const CONTENT_MODES = ['none', 'redacted', 'full'] as const

export type ContentMode = (typeof CONTENT_MODES)[number]

/** The lesser of two: what several rules say together. */
export function lesserMode(one: ContentMode, other: ContentMode): ContentMode {
  return CONTENT_MODES.indexOf(one) < CONTENT_MODES.indexOf(other) ? one : other
}

/** How much a rule lets be kept, and whose rule it is. */
export interface ContentRule {
  readonly keep: ContentMode
  /** `default`, `route`, `project` or `key`. */
  readonly by: string
}

/** Whose request it is, for the rules. */
export interface ContentSubject {
  readonly route: string
  readonly keyName: string
  readonly project?: string | undefined
}

/** The rules of a plan. */
export interface ContentTerms {
  /** True where nothing is kept of anybody. */
  readonly isOff: boolean
  /** How long it is kept, and how many bytes of it, compressed. */
  readonly retentionMs: number
  readonly bytes: number
  /** May operators be shown masked values in it that guardrails remember? */
  readonly mayRestore: boolean
  ruleFor(subject: ContentSubject): ContentRule
}

/** What an attempt was sent with. */
export interface SentRequest {
  readonly attempt: string
  readonly dialect: string
  readonly target: string
  /** The provider's name of the model. */
  readonly model: string
  readonly lane: Lane
  /** What went over the wire; absent where that was nothing. */
  readonly body: string | Uint8Array | undefined
  /** True where it asks about some of the inputs only. */
  readonly isPart: boolean
}

/** What an attempt that failed was answered. */
export interface FailedAttempt {
  readonly attempt: string
  readonly target: string
  readonly failure: Failure
}

/**
 * What is taken down of an exchange whose content is kept, by reference: nothing of it is copied or looked at before the exchange is over.
 * It hears the answer as the client gets it.
 */
export class ContentRecord implements Watcher {
  readonly keep: Exclude<ContentMode, 'none'>
  readonly #operation: Operation
  readonly #sent = new Map<string, SentRequest>()
  readonly #failed: FailedAttempt[] = []
  #fold: Fold<ContentOf<Operation>, ResultOf<Operation>> | undefined
  #characters = 0
  #isCut = false

  constructor(keep: Exclude<ContentMode, 'none'>, operation: Operation) {
    this.keep = keep
    this.#operation = operation
  }

  /** The first thing that an attempt was sent with is kept of it. There are no more of them than attempts (`LIMITS.attempts`). */
  noteSent(sent: SentRequest): void {
    if (!this.#sent.has(sent.attempt)) this.#sent.set(sent.attempt, sent)
  }

  noteFailed(failed: FailedAttempt): void {
    this.#failed.push(failed)
  }

  onChunk({ events }: ResponseChunk): void {
    const fold = (this.#fold ??= createFoldOf(this.#operation))
    for (const event of events) {
      if (event.type === 'failure' || event.type === 'passed') continue
      if (this.#characters > LIMITS.contentBytes) {
        this.#isCut = true
        return
      }
      if ('text' in event) this.#characters += event.text.length
      fold.push(event)
    }
  }

  onEnd(): void {}

  /** What was said so far; undefined where nobody began to answer. */
  answer(): ResultOf<Operation> | undefined {
    return this.#fold?.result()
  }

  /** True where more was said than is kept of one answer. */
  get isCut(): boolean {
    return this.#isCut
  }

  /** What an attempt was sent with; of none: the last one. */
  sentBy(attempt: string | undefined): SentRequest | undefined {
    return attempt === undefined ? [...this.#sent.values()].at(-1) : this.#sent.get(attempt)
  }

  get failed(): readonly FailedAttempt[] {
    return this.#failed
  }
}
