import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { Embeddings, EmbedRequest, Vector, VectorEncoding } from '../../exchange/operations/embed.ts'
import { isMixed, type Input } from '../../exchange/operations/inputs.ts'
import type { Quirks } from '../../exchange/target.ts'
import { isObject, readNumber, type Json, type JsonObject } from '../../kit/json.ts'
import type { Codec, DecodeContext, RequestContext, ResponseTap } from '../dialect.ts'
import { imageUrl, plainText } from '../mixed-input.ts'
import { isErrorBody } from '../read-provider-error.ts'
import { VectorTap } from '../vector-tap.ts'
import { missingVectors, refuseInput, refuseTokens, vectorsAs, vectorValues } from '../vectors.ts'
import { startOf } from '../whole-answer.ts'
import { WholeCodec, type Reading, type WireFields } from '../whole-codec.ts'
import { EMBED_FIELDS, readEmbedRequest, TASK_FIELDS } from './decode-embed-request.ts'
import { tokensOf, usageIn } from './list-answer.ts'
import { FAMILY } from './vocabulary.ts'
import { WHOLE } from './whole.ts'

const ANSWERS = ['data'] as const
/** Where the list of vectors begins, in everything that looks like this API. */
const LIST = /"data"\s*:\s*\[/

class EmbedCodec extends WholeCodec<EmbedRequest, Vector, Embeddings> {
  constructor() {
    super(WHOLE, {
      endpoints: ['POST /v1/embeddings'],
      path: '/embeddings',
      known: EMBED_FIELDS,
      read: readEmbedRequest,
      write: writeQuestion,
      // The client's bytes, where nothing is known of the provider that they would have to be different for.
      edits: (_raw, { quirks: { vectors, base64Vectors, tokenInputs } }) =>
        vectors === undefined && base64Vectors !== false && tokenInputs !== false ? [] : undefined,
      answers: ANSWERS,
      readAnswer: readVectors,
      writeAnswer: writeVectors,
    })
  }

  tapResponse(context: DecodeContext<'embed'>): ResponseTap<'embed'> {
    return new VectorTap(this.decodeResponse(context), {
      list: LIST,
      around(rest) {
        const usage = isErrorBody(rest, ANSWERS) ? undefined : usageIn(rest, context.quirks)
        return usage === undefined ? undefined : { start: startOf(rest), usage }
      },
    })
  }
}

/** Embeddings of OpenAI, and of all who have taken over its path. */
export const embed: Codec<'embed'> = new EmbedCodec()

function writeQuestion(request: EmbedRequest, context: RequestContext): WireFields {
  if (context.quirks.tokenInputs === false) refuseTokens(request)
  if (request.titles !== undefined) context.notice('param.dropped', 'title')
  const inputs = request.inputs.map((input, index) => writeInput(input, index, context))
  const [only] = inputs
  return {
    ...taskField(request, context),
    input: inputs.length === 1 && typeof only === 'string' ? only : inputs,
    dimensions: request.dimensions,
    user: request.user,
    ...encodingField(request, context),
  }
}

/** An image stands alone in an object where the provider reads some at all. */
function writeInput(input: Input, index: number, { quirks }: RequestContext): Json {
  if (!isMixed(input)) return input
  const text = plainText(input)
  if (text !== undefined) return text
  const [part, ...others] = input.parts
  if (part?.type !== 'media' || others.length > 0 || quirks.vectors?.images !== true)
    return refuseInput(`input[${index}]`)
  return { image: imageUrl(part) }
}

/** What the provider has a word for is told in it, what it has a field for but no word left out; others get what the client wrote. */
function taskField(
  { task, extra }: EmbedRequest,
  { quirks, notice }: RequestContext,
): Readonly<Record<string, string | undefined>> {
  const told = quirks.vectors?.task
  const isWritten = TASK_FIELDS.some((name) => extra?.[FAMILY]?.[name] !== undefined)
  if (task === undefined || (told === undefined && isWritten)) return {}
  const word = told?.words[task]
  if (told === undefined || word === undefined) notice('param.dropped', 'input_type')
  const others = Object.fromEntries(TASK_FIELDS.map((name) => [name, undefined]))
  return told === undefined ? others : { ...others, [told.field]: word }
}

type EncodingFields = Readonly<Partial<Record<VectorEncoding, string>>>

const USUAL_ENCODINGS: EncodingFields = { base64: 'encoding_format' }
const NO_ENCODINGS: EncodingFields = {}

/** The encodings beside plain numbers that a provider gives, with the fields by which it is asked for them. */
function encodingsOf({ base64Vectors, vectors }: Quirks): EncodingFields {
  return base64Vectors === false ? NO_ENCODINGS : (vectors?.encodings ?? USUAL_ENCODINGS)
}

/** The one encoding that a provider is asked for, of which all that are wanted can be made; undefined where there is none. */
function encodingFor(wanted: readonly VectorEncoding[], quirks: Quirks): VectorEncoding | undefined {
  const [first = 'float', ...others] = wanted
  if (others.length === 0 && encodingsOf(quirks)[first] !== undefined) return first
  return wanted.every((encoding) => encoding === 'float' || encoding === 'base64') ? 'float' : undefined
}

/** Numbers are what all give who are not asked for anything else. */
function encodingField(
  { encodings }: EmbedRequest,
  { quirks, notice }: RequestContext,
): Readonly<Record<string, string>> {
  const asked = encodingFor(encodings, quirks)
  if (asked === undefined)
    throw new Failure('unsupported-feature', {
      message: `The model does not give vectors in the encoding ${encodings.join(' and ')}.`,
      param: 'encoding_format',
    })
  if (encodings.some((encoding) => encoding !== asked)) notice('encoding.emulated', 'encoding_format')
  const field = encodingsOf(quirks)[asked]
  return field === undefined ? {} : { [field]: asked }
}

function readVectors(
  body: JsonObject,
  { request, quirks }: Reading<EmbedRequest>,
  sink: EventSink<Vector>,
): Failure | undefined {
  const { data } = body
  if (!Array.isArray(data)) return new Failure('malformed-response')
  const asked = encodingFor(request.encodings, quirks) ?? 'float'
  sink(startOf(body))
  let given = 0
  for (const entry of data) {
    const values = isObject(entry) ? vectorValues(entry['embedding']) : undefined
    if (values === undefined) return new Failure('malformed-response')
    const encoding = typeof values === 'string' ? 'base64' : asked === 'base64' ? 'float' : asked
    sink({ type: 'vector', input: readNumber(entry, 'index') ?? given, encoding, values })
    given += 1
  }
  const usage = usageIn(body, quirks)
  if (usage !== undefined) sink({ type: 'usage', usage, isFinal: true })
  return missingVectors(request, given)
}

function writeVectors(
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
