import type { Caller } from '../../exchange/caller.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure } from '../../exchange/failure.ts'
import { entriesOf, type Route, type RouteTarget } from '../../exchange/route.ts'
import type { Clock } from '../../kit/clock.ts'
import { LIMITS } from '../../kit/limits.ts'
import type {
  ConversationBounds,
  ResponseHolder,
  ResponseQuestion,
  ResponseRoom,
  ResponseStore,
} from '../../store/stored-responses.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

/** What those work with who store answers and recall them. */
export interface StoredAnswersParts {
  readonly responses: ResponseStore
  /** Absent where nothing is stored. */
  readonly storing?: StoringTerms
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** On what terms answers are stored. */
export interface StoringTerms {
  /** Since an answer was given or last gone on from. */
  readonly retentionMs: number
  readonly room: ResponseRoom
  /** True while the disk is left to what is more important. */
  readonly isPaused: () => boolean
}

/** The most that a conversation may amount to: as a request may, which it becomes. */
export const CONVERSATION_BOUNDS: ConversationBounds = {
  responses: LIMITS.conversationResponses,
  bytes: LIMITS.requestBodyBytes,
}

/** Whose answers a caller's are: those of the project, or of the key that has none. */
export function ownerOf({ owners: { project, key = '' } }: Caller): string {
  return project === undefined ? `key:${key}` : `project:${project}`
}

/** How the store is asked for an answer of the caller's. */
export function questionFor(
  { caller }: Exchange,
  id: string,
  { storing, clock }: StoredAnswersParts,
): ResponseQuestion {
  return { owner: ownerOf(caller), id, usedSinceMs: clock.nowMs() - (storing?.retentionMs ?? 0) }
}

/** What the store gives. Rejects with `Failure('store-unavailable')` where it cannot be asked. */
export async function fromStore<Found>(asked: Promise<Found>): Promise<Found> {
  try {
    return await asked
  } catch (error) {
    throw new Failure('store-unavailable', { cause: error })
  }
}

/** Whoever stores the conversation, by the account that it is stored for, before everybody else. */
export function holderFirst(route: Route, holding: RouteTarget): Route {
  return { ...route, targets: [holding], fallback: entriesOf(route) }
}

/**
 * Finds who stores an answer among the targets of a route, reached by no other credential than the one that it is stored for;
 * undefined where the configuration does not name them any more.
 */
export function findHolder(
  route: Route,
  { target, credential: id }: ResponseHolder,
): RouteTarget | undefined {
  for (const entry of entriesOf(route)) {
    if (entry.target.id !== target) continue
    const credential = entry.target.credentials.find((one) => one.id === id)
    if (credential !== undefined) return { ...entry, target: { ...entry.target, credentials: [credential] } }
  }
  return undefined
}
