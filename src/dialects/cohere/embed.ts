import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type {
  Embeddings,
  EmbedRequest,
  EmbedTask,
  Vector,
  VectorEncoding,
} from '../../exchange/operations/embed.ts'
import { isMixed, type Input } from '../../exchange/operations/inputs.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { billedUsage } from '../billed-units.ts'
import type { Codec, DecodeContext, RequestContext, ResponseTap } from '../dialect.ts'
import { imageUrl, textOfInput, writeParts } from '../mixed-input.ts'
import { VectorTap } from '../vector-tap.ts'
import { missingVectors, refuseTokens, vectorsAs, vectorValues } from '../vectors.ts'
import { startOf } from '../whole-answer.ts'
import { WholeCodec, type Reading, type WireFields } from '../whole-codec.ts'
import { metaOf } from './meta.ts'
import { EMBED_FIELDS, IMAGE_TYPE, readEmbedRequest } from './read-embed-request.ts'
import { FAMILY } from './vocabulary.ts'
import { WHOLE } from './whole.ts'

const TASKS: Readonly<Partial<Record<EmbedTask, string>>> = {
  query: 'search_query',
  document: 'search_document',
  classification: 'classification',
  clustering: 'clustering',
}

/** What is too long is refused unless the client wants it cut: left alone, the API cuts it, and its vector is that of a part. */
const UNCUT = 'NONE'

/** Where vectors begin, and what stands behind them and the texts. */
const [LIST, BEHIND] = [/"embeddings"\s*:\s*/, /"meta"\s*:/]

class EmbedCodec extends WholeCodec<EmbedRequest, Vector, Embeddings> {
  constructor() {
    super(WHOLE, {
      endpoints: ['POST /v2/embed'],
      path: '/embed',
      known: EMBED_FIELDS,
      read: readEmbedRequest,
      write: writeQuestion,
      edits: ({ scan }) =>
        scan.find('truncate') === undefined ? [{ key: 'truncate', value: JSON.stringify(UNCUT) }] : [],
      answers: ['embeddings'],
      readAnswer: readVectors,
      writeAnswer: writeVectors,
    })
  }

  tapResponse(context: DecodeContext<'embed'>): ResponseTap<'embed'> {
    return new VectorTap(this.decodeResponse(context), {
      list: LIST,
      behind: BEHIND,
      around(rest) {
        const usage = billedUsage(rest)
        return usage === undefined ? undefined : { start: startOf(rest), usage }
      },
    })
  }
}

/** Embeddings (https://docs.cohere.com/reference/embed): texts, images or mixtures, in several encodings at once. */
export const embed: Codec<'embed'> = new EmbedCodec()

function writeQuestion(request: EmbedRequest, { notice }: RequestContext): WireFields {
  refuseTokens(request)
  const { inputs, encodings, dimensions, user, titles, extra } = request
  if (titles !== undefined) notice('param.dropped', 'title')
  if (user !== undefined) notice('param.dropped', 'user')
  return {
    ...writeInputs(inputs),
    input_type: writeTask(request, { notice }),
    embedding_types: encodings,
    output_dimension: dimensions,
    truncate: extra?.[FAMILY]?.['truncate'] ?? UNCUT,
  }
}

/** Texts, or images, or a mixture; one list holds all. */
function writeInputs(inputs: readonly Input[]): WireFields {
  const texts = inputs.map(textOfInput)
  if (texts.every((text) => text !== undefined)) return { texts }
  const images = inputs.map(imageAlone)
  if (images.every((image) => image !== undefined)) return { images }
  return {
    inputs: inputs.map((input) => ({
      content: isMixed(input) ? writeParts(input) : [{ type: 'text', text: textOfInput(input) }],
    })),
  }
}

/** An image that is all of an input, in the URL that the API takes. */
function imageAlone(input: Input): string | undefined {
  if (!isMixed(input) || input.parts.length !== 1) return undefined
  const [part] = input.parts
  return part?.type === 'media' && part.source.from === 'bytes' ? imageUrl(part) : undefined
}

/** The API wants to be told; who does not say makes vectors for what is searched. */
function writeTask({ inputs, task, extra }: EmbedRequest, { notice }: Pick<RequestContext, 'notice'>): Json {
  const own = extra?.[FAMILY]?.['input_type']
  if (own !== undefined) return own
  if (inputs.every((input) => imageAlone(input) !== undefined)) return IMAGE_TYPE
  const word = task === undefined ? undefined : TASKS[task]
  if (task !== undefined && word === undefined) notice('param.dropped', 'input_type')
  return word ?? 'search_document'
}

function readVectors(
  body: JsonObject,
  { request }: Reading<EmbedRequest>,
  sink: EventSink<Vector>,
): Failure | undefined {
  sink(startOf(body))
  let failure: Failure | undefined
  for (const encoding of request.encodings)
    failure ??= readEncoding(body['embeddings'], encoding, { request, sink })
  const usage = billedUsage(body)
  if (usage !== undefined) sink({ type: 'usage', usage, isFinal: true })
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

function writeVectors(
  { head, items, usage }: Embeddings,
  { request, requestId }: { readonly request: EmbedRequest; readonly requestId: string },
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
