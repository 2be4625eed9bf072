import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Embeddings, EmbedRequest, Vector } from '../../exchange/operations/embed.ts'
import { isObject, readNumber, type JsonObject } from '../../kit/json.ts'
import type { Codec } from '../dialect.ts'
import { VectorCodec } from '../vector-codec.ts'
import { missingVectors, vectorsAs, vectorValues } from '../vectors.ts'
import type { Reading } from '../whole-codec.ts'
import { encodingFor, MEMBERS } from './embed-members.ts'
import { tokensOf, usageIn } from './list-answer.ts'
import { WHOLE } from './whole.ts'

/** Embeddings of OpenAI, and of all who have taken over its path. */
export const embed: Codec<'embed'> = new VectorCodec(WHOLE, {
  operation: 'embed',
  endpoints: ['POST /v1/embeddings'],
  path: '/embeddings',
  fates: MEMBERS,
  // The client's bytes, where nothing is known of the provider that they would have to be different for.
  edits: (_raw, { quirks: { vectors, base64Vectors, tokenInputs } }) =>
    vectors === undefined && base64Vectors !== false && tokenInputs !== false ? [] : undefined,
  answers: ['data'],
  usageIn: (body, { quirks }) => usageIn(body, quirks),
  // In everything that looks like this API.
  tap: { list: /"data"\s*:\s*\[/ },
  readAnswer,
  writeAnswer,
})

function readAnswer(
  { data }: JsonObject,
  { request, quirks }: Reading<EmbedRequest>,
  sink: EventSink<Vector>,
): Failure | undefined {
  if (!Array.isArray(data)) return new Failure('malformed-response')
  const asked = encodingFor(request.encodings, quirks) ?? 'float'
  let given = 0
  for (const entry of data) {
    const values = isObject(entry) ? vectorValues(entry['embedding']) : undefined
    if (values === undefined) return new Failure('malformed-response')
    const encoding = typeof values === 'string' ? 'base64' : asked === 'base64' ? 'float' : asked
    sink({ type: 'vector', input: readNumber(entry, 'index') ?? given, encoding, values })
    given += 1
  }
  return missingVectors(request, given)
}

function writeAnswer(
  { head, items, usage }: Embeddings,
  { request, model }: { readonly request: EmbedRequest; readonly model: string },
): JsonObject {
  const [wanted = 'float'] = request.encodings
  return {
    object: 'list',
    data: vectorsAs(items, wanted).map((embedding, index) => ({ object: 'embedding', index, embedding })),
    model: head.model ?? model,
    usage: tokensOf(usage),
  }
}
