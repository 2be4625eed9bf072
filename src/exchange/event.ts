import type { SpineEvent } from './event-spine.ts'
import { OPERATIONS, type Operation, type ContentOf } from './operations/all.ts'
import type { Meaning } from './operations/operation-row.ts'

/** Every response, streaming or not, is a sequence of these: its spine, and between `start` and `end` what its operation says. */
export type ResponseEvent<Content = ContentOf<Operation>> = SpineEvent | Content

/** Receives events one by one, synchronously. */
export type EventSink<Content = ContentOf<Operation>> = (event: ResponseEvent<Content>) => void

interface ContentFacts {
  readonly meaning: Meaning<ResponseEvent>
  /** Is it the last that is said of an answer? */
  readonly isLastWord: boolean
}

/** What the operations declare about all that can be said, by its type. */
const CONTENT_FACTS: ReadonlyMap<string, ContentFacts> = new Map(
  Object.values(OPERATIONS).flatMap(({ meaning, lastWord }) =>
    Object.entries(meaning).map(
      ([type, of]) => [type, { meaning: of, isLastWord: type === lastWord }] as const,
    ),
  ),
)

/**
 * True for events that carry meaning to the client: after the first of them was written, failover is forbidden (law 5).
 * A role-only chunk, `message_start`, pings and usage do not count.
 */
export function isSemantic(event: ResponseEvent): boolean {
  const meaning = CONTENT_FACTS.get(event.type)?.meaning
  if (meaning === undefined) return event.type === 'passed'
  return typeof meaning === 'object' ? meaning.of(event) : meaning
}

/** True for what says that an answer, or one of several, has all been said. */
export function isLastWord({ type }: ResponseEvent): boolean {
  return CONTENT_FACTS.get(type)?.isLastWord === true
}

/** The provider's id of the response, where the events tell it. */
export function shownIdIn(events: readonly ResponseEvent[]): string | undefined {
  for (const event of events) if (event.type === 'start') return event.responseId
  return undefined
}
