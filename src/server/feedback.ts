import { Failure } from '../exchange/failure.ts'
import { defined } from '../kit/defined.ts'
import { isArray, type Json, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { FeedbackRow, FeedbackStore } from '../store/feedback.ts'

/** Where applications say what was thought of an answer, however the base URL was written. */
const FEEDBACK_PATH = /^(?:\/[\w-]+){0,3}?\/feedback$/

/** The path under which clients know it. */
export const FEEDBACK_ENDPOINT = '/v1/feedback'

/** Takes feedback of keys on their own requests. */
export interface FeedbackDesk {
  give(row: FeedbackRow): ReturnType<FeedbackStore['add']>
}

/** Does a path take feedback? */
export function isFeedbackPath(path: string): boolean {
  return FEEDBACK_PATH.test(path)
}

/** What an application says, as it is read. */
type Given = Omit<FeedbackRow, 'atMs' | 'keyId'>

const MOST_LABELS = 10
const LONGEST = { request_id: 128, comment: 2_000, label: 100, source: 200 } as const
const MEMBERS = ['request_id', 'score', 'thumbs', 'comment', 'labels', 'source'] as const
const THUMBS: ReadonlyMap<Json | undefined, number> = new Map([
  ['up', 1],
  ['down', -1],
])

/**
 * Reads the body of a request for feedback. Throws `Failure` `invalid-request` that names the member that is wrong, with the nearest name of
 * one that there is not.
 */
export function readFeedback(body: JsonObject): Given {
  for (const name of Object.keys(body)) if (!isMember(name)) throw unknownMember(name)
  const requestId = readText(body, 'request_id', LONGEST.request_id)
  if (requestId === undefined) throw wrong('request_id', 'is required: the `x-request-id` of the answer')
  const labels = readLabels(body['labels'])
  return {
    requestId,
    score: readScore(body),
    ...defined({
      comment: readText(body, 'comment', LONGEST.comment),
      labels,
      label: labels?.[0],
      by: readText(body, 'source', LONGEST.source),
    }),
  }
}

function isMember(name: string): boolean {
  return MEMBERS.some((member) => member === name)
}

function unknownMember(name: string): Failure {
  const nearest = nearestNames(name, MEMBERS, 1)
  const hint =
    nearest[0] === undefined ? `There are ${MEMBERS.join(', ')}.` : `Did you mean \`${nearest[0]}\`?`
  const shown = name.slice(0, LONGEST.label)
  return new Failure('invalid-request', {
    param: shown,
    nearest,
    message: `\`${shown}\` is unknown. ${hint}`,
  })
}

function wrong(param: string, complaint: string): Failure {
  return new Failure('invalid-request', { param, message: `\`${param}\` ${complaint}.` })
}

/** Either a score or thumbs, not both. */
function readScore({ score, thumbs }: JsonObject): number {
  if (score !== undefined && thumbs !== undefined)
    throw wrong('thumbs', 'and `score` say the same: send one of them')
  const value = thumbs === undefined ? score : THUMBS.get(thumbs)
  if (typeof value === 'number' && value >= -1 && value <= 1) return value
  if (thumbs !== undefined) throw wrong('thumbs', 'must be "up" or "down"')
  throw wrong('score', score === undefined ? 'or `thumbs` is required' : 'must be a number from -1 to 1')
}

function readText(body: JsonObject, name: string, longest: number): string | undefined {
  const value = body[name]
  if (value === undefined) return undefined
  if (typeof value === 'string' && value !== '' && value.length <= longest) return value
  throw wrong(name, `must be a text of 1 to ${longest.toLocaleString('en')} characters`)
}

function readLabels(value: Json | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined
  const labels = isArray(value) && value.length <= MOST_LABELS ? value : undefined
  const texts = labels?.filter(
    (label) => typeof label === 'string' && label !== '' && label.length <= LONGEST.label,
  )
  if (texts === undefined || texts.length !== labels?.length)
    throw wrong(
      'labels',
      `must be a list of at most ${MOST_LABELS} texts of 1 to ${LONGEST.label} characters`,
    )
  const unique = [...new Set(texts)].filter((label) => typeof label === 'string')
  return unique.length === 0 ? undefined : unique
}

/** Keeps what an application says of one of its requests. Gives the body of the answer and its status; throws `Failure`. */
export async function takeFeedback(
  desk: FeedbackDesk,
  given: Given,
  { keyId, atMs }: { readonly keyId: string; readonly atMs: number },
): Promise<{ readonly status: number; readonly json: JsonObject }> {
  const added = await desk.give({ ...given, keyId, atMs })
  if (added === 'unknown') {
    const message = 'This key has made no request of this id, or it is not kept any more.'
    throw new Failure('request-not-found', { param: 'request_id', message })
  }
  if (added === 'full') {
    const message = `A request takes feedback ${LIMITS.requestFeedback} times.`
    throw new Failure('invalid-request', { param: 'request_id', message })
  }
  const { requestId, score, comment, labels, by } = given
  const json = {
    object: 'feedback',
    request_id: requestId,
    score,
    ...defined({ comment, labels, source: by }),
  }
  return { status: added === 'added' ? 201 : 200, json }
}
