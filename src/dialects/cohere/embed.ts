import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Embeddings, EmbedRequest, Vector, VectorEncoding } from '../../exchange/operations/embed.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { billedUsage } from '../billed-units.ts'
import type { Codec } from '../dialect.ts'
import type { Asking } from '../member-fates.ts'
import { VectorCodec } from '../vector-codec.ts'
import { missingVectors, vectorsAs, vectorValues } from '../vectors.ts'
import type { Reading } from '../whole-codec.ts'
import { MEMBERS } from './embed-members.ts'
import { metaOf } from './meta.ts'
import { WHOLE } from './whole.ts'

/** Embeddings (https://docs.cohere.com/reference/embed): texts, images or mixtures, in several encodings at once. */
export const embed: Codec<'embed'> = new VectorCodec(WHOLE, {
  operation: 'embed',
  endpoints: ['POST /v2/embed'],
  path: '/embed',
  fates: MEMBERS,
  // Left alone, the API cuts what is too long, and its vector is that of a part.
  unasked: { truncate: 'NONE' },
  answers: ['embeddings'],
  usageIn: billedUsage,
  // Behind the vectors stand the texts, which may say anything.
  tap: { list: /"embeddings"\s*:\s*/, behind: /"meta"\s*:/ },
  readAnswer,
  writeAnswer,
})

function readAnswer(
  { embeddings }: JsonObject,
  { request }: Reading<EmbedRequest>,
  sink: EventSink<Vector>,
): Failure | undefined {
  let failure: Failure | undefined
  for (const encoding of request.encodings) failure ??= readEncoding(embeddings, encoding, { request, sink })
  return failure
}

/** All vectors in one encoding; in an answer that is not told apart by encodings they are numbers. */
function readEncoding(
  embeddings: Json | undefined,
  encoding: VectorEncoding,
  { request, sink }: { readonly request: EmbedRequest; readonly sink: EventSink<Vector> },
): Failure | undefined {
  const list = isObject(embeddings) ? embeddings[encoding] : embeddings
  if (!isArray(list)) return new Failure('malformed-response')
  for (const [input, entry] of list.entries()) {
    const values = vectorValues(entry)
    if (values === undefined) return new Failure('malformed-response')
    sink({ type: 'vector', input, encoding, values })
  }
  return missingVectors(request, list.length)
}

function writeAnswer(
  { head, items, usage }: Embeddings,
  { request, requestId }: Pick<Asking<EmbedRequest>, 'request'> & { readonly requestId: string },
): JsonObject {
  const { inputs, encodings } = request
  return {
    id: head.responseId ?? requestId,
    embeddings: Object.fromEntries(encodings.map((encoding) => [encoding, vectorsAs(items, encoding)])),
    ...(inputs.every((input) => typeof input === 'string') ? { texts: inputs } : {}),
    meta: metaOf(usage),
    response_type: 'embeddings_by_type',
  }
}
