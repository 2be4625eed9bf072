import type { Codec, Dialect } from '../../dialects/dialect.ts'
import type { SentRequest } from '../../exchange/content-record.ts'
import type { ModelRequest } from '../../exchange/operations/all.ts'
import { parseJson, type Json, type JsonObject } from '../../kit/json.ts'
import { diffJson } from '../../kit/json-diff.ts'
import { LIMITS } from '../../kit/limits.ts'
import { underscored } from '../../kit/underscored.ts'
import { parseBody } from '../../server/parse-body.ts'
import type { ContentJob } from './content-job.ts'
import { extraOf, withoutPlaces } from './told-request.ts'
import { toJson } from './plain-content.ts'

const BOUNDS = { changes: LIMITS.contentChanges, characters: LIMITS.contentChangeCharacters }

/** What is compared. */
export interface Compared {
  readonly sent: NonNullable<ContentJob['sent']>
  /** Why it is not to be. */
  readonly notCompared: string | undefined
  /** What the client asked, in the words of the house; absent where it was too large. */
  readonly request: ModelRequest | undefined
  /** In its own words, where what went upstream is in the same. */
  readonly asked: Json | undefined
  readonly body: Uint8Array
}

/**
 * How what went upstream differs from what the client asked: in the client's own words where both are of one dialect, else in those of the
 * house, for which what went upstream is read as if a client had asked it. Says why where it cannot be told.
 */
export function compareSent(
  { sent, notCompared, request, asked, body }: Compared,
  dialects: ReadonlyMap<string, Dialect>,
): JsonObject {
  if (notCompared !== undefined || request === undefined)
    return { ...sent, not_compared: notCompared ?? 'too-large' }
  try {
    const [before, after] =
      asked === undefined
        ? [
            wordsOf(request),
            wordsOf(readAgain(sent, body, dialects.get(sent.dialect)?.codecs[request.operation])),
          ]
        : [asked, parseJson(new TextDecoder().decode(body))]
    const { changes, omitted } = diffJson(before, after, BOUNDS)
    return { ...sent, changes: toJson(changes), ...(omitted === 0 ? {} : { changes_omitted: omitted }) }
  } catch {
    // What a provider takes a client may not say, and the other way round: a difference, and none to be told place by place.
    return { ...sent, not_compared: 'not-read' }
  }
}

/** What went upstream, read by its dialect as that of a client. Throws where it cannot be. */
function readAgain(
  { model }: Pick<SentRequest, 'model'>,
  body: Uint8Array,
  codec: Codec | undefined,
): ModelRequest {
  const [endpoint] = codec?.endpoints ?? []
  if (codec === undefined || endpoint === undefined) throw new RangeError('there is no such codec')
  const head = { endpoint, params: { model }, query: undefined, headers: new Headers() }
  return codec.decodeRequest(parseBody(body), head).request
}

/** Members that say how an answer is wanted, which paths and headers may say instead. */
const SAID_ELSEWHERE = new Set(['operation', 'stream', 'extra', 'bearing', 'wantsUsage', 'answerShape'])

function wordsOf(request: ModelRequest): JsonObject {
  const words: Record<string, Json> = {}
  for (const [name, value] of Object.entries(request))
    if (!SAID_ELSEWHERE.has(name) && value !== undefined)
      words[underscored(name)] = withoutPlaces(toJson(value))
  return { ...words, ...extraOf(request) }
}
