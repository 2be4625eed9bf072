import type { SpineEvent } from '../event-spine.ts'
import { NO_FEATURES } from '../features.ts'
import type { StoredTexts } from '../stored-texts.ts'
import type { Fold, OperationRow, RequestSpine, StoredQuestion } from './operation-row.ts'

/** Asks for an answer that is stored, or for something to be done with it. */
export interface RecallRequest extends RequestSpine, StoredQuestion {
  readonly operation: 'recall'
  /** Which part of a list is wanted; absent where none is asked for. */
  readonly page?: ListPage
  readonly stream: false
}

/** A part of a list. */
export interface ListPage {
  /** Id of the entry before it. */
  readonly after?: string
  readonly limit: number
  readonly order: 'asc' | 'desc'
}

/** What is stored of it. */
export interface Recalled {
  readonly type: 'recalled'
  /** The answer that was asked for stands last, behind those that led to it where they were wanted. */
  readonly found: readonly StoredTexts[]
}

/** What is stored of an answer that was given before. */
export const recall: OperationRow<RecallRequest, Recalled, readonly StoredTexts[]> = {
  name: 'recall',
  features: () => NO_FEATURES,
  // What is stored may be removed.
  isSteady: () => false,
  charge: 'nothing',
  writes: 'nothing',
  proves: 'nothing',
  repeat: 'until-first-event',
  // Only a provider that stores an answer itself is ever asked.
  servedBy: 'some',
  interchangeable: true,
  recall: {
    question: ({ id, wants }) => ({ id, wants }),
    content: (found) => [{ type: 'recalled', found }],
  },
  meaning: { recalled: true },
  lastWord: 'recalled',
  createFold: () => new RecallFold(),
}

class RecallFold implements Fold<Recalled, readonly StoredTexts[]> {
  #found: readonly StoredTexts[] = []

  push(event: SpineEvent | Recalled): void {
    if (event.type === 'recalled') this.#found = event.found
  }

  result(): readonly StoredTexts[] {
    return this.#found
  }
}
