import type { Codec, Dialect } from '../../dialects/dialect.ts'
import type { SentRequest } from '../../exchange/content-record.ts'
import { clientBytes, type Exchange } from '../../exchange/exchange.ts'
import type { ModelRequest } from '../../exchange/operations/all.ts'
import { bodyLength } from '../../exchange/wire-body.ts'
import { parseJson, type Json, type JsonObject } from '../../kit/json.ts'
import { diffJson } from '../../kit/json-diff.ts'
import { LIMITS } from '../../kit/limits.ts'
import { underscored } from '../../kit/underscored.ts'
import { parseBody } from '../../server/parse-body.ts'
import { extraOf, withoutPlaces } from './told-request.ts'
import { toJson } from './plain-content.ts'

const BOUNDS = { changes: LIMITS.contentChanges, characters: LIMITS.contentChangeCharacters }

/**
 * How what went upstream differs from what the client asked: in the client's own words where both are of one dialect, else in those of the
 * house, for which what went upstream is read as if a client had asked it. Says why where it cannot be told.
 */
export function compareSent(
  exchange: Exchange,
  sent: SentRequest,
  dialects: ReadonlyMap<string, Dialect>,
): JsonObject {
  const { attempt, target, model, dialect, lane, body } = sent
  const bytes = body === undefined ? 0 : Buffer.byteLength(body)
  const head = { attempt, target, model, dialect, lane, bytes }
  const asked = clientBytes(exchange)
  if (asked !== undefined && bodyLength(asked) === 0) return { ...head, not_compared: 'no-body' }
  const length = Math.max(bytes, asked === undefined ? 0 : bodyLength(asked))
  if (body === undefined) return { ...head, not_compared: 'no-body' }
  if (sent.isPart) return { ...head, not_compared: 'in-parts' }
  if (length > LIMITS.contentComparedBytes) return { ...head, not_compared: 'too-large' }
  try {
    const [before, after] =
      asked?.form === 'json' && dialect === exchange.dialect
        ? [parseBytes(asked.bytes), parseBytes(body)]
        : [
            wordsOf(exchange.request),
            wordsOf(readAgain(sent, body, dialects.get(dialect)?.codecs[exchange.request.operation])),
          ]
    const { changes, omitted } = diffJson(before, after, BOUNDS)
    return { ...head, changes: toJson(changes), ...(omitted === 0 ? {} : { changes_omitted: omitted }) }
  } catch {
    // What a provider takes a client may not say, and the other way round: a difference, and none to be told place by place.
    return { ...head, not_compared: 'not-read' }
  }
}

function parseBytes(body: string | Uint8Array): Json {
  return parseJson(typeof body === 'string' ? body : new TextDecoder().decode(body))
}

/** What went upstream, read by its dialect as that of a client. Throws where it cannot be. */
function readAgain(
  { model }: SentRequest,
  body: string | Uint8Array,
  codec: Codec | undefined,
): ModelRequest {
  const [endpoint] = codec?.endpoints ?? []
  if (codec === undefined || endpoint === undefined) throw new RangeError('there is no such codec')
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body
  const head = { endpoint, params: { model }, query: undefined, headers: new Headers() }
  return codec.decodeRequest(parseBody(bytes), head).request
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
