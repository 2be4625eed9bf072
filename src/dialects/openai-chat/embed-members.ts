import { Failure } from '../../exchange/failure.ts'
import type { EmbedRequest, EmbedTask, VectorEncoding } from '../../exchange/operations/embed.ts'
import { isMixed, type Input } from '../../exchange/operations/inputs.ts'
import type { Quirks } from '../../exchange/target.ts'
import { isArray, isObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { setDefined } from '../../kit/mutable.ts'
import type { RequestContext } from '../dialect.ts'
import type { Body } from '../fates.ts'
import { FieldFates } from '../field-fates.ts'
import { isAbsent } from '../fields.ts'
import type { Asking, MemberFates } from '../member-fates.ts'
import { imageAt, imageUrl, plainText } from '../mixed-input.ts'
import { isVectorEncoding, refuseInput, refuseTokens, taskOf, VECTOR_ENCODINGS } from '../vectors.ts'
import { FIELDS } from './vocabulary.ts'

/*
 * Embeddings (https://platform.openai.com/docs/api-reference/embeddings), with the names that Voyage
 * (https://docs.voyageai.com/reference/embeddings-api) and Jina (https://api.jina.ai/redoc) have for the same at the same path.
 */

type To = Asking<EmbedRequest>
const fate = new FieldFates<To>(FIELDS)

/** The field of the API, and those for more than it knows; what these say is asked for in place of the former. */
const ENCODING_FIELDS = ['encoding_format', 'output_dtype', 'embedding_type'] as const
/** What vectors are wanted for. Not of this API: a server that has such a field gets it as the client wrote it. */
const TASK_FIELDS = ['input_type', 'task'] as const

export const MEMBERS: MemberFates<EmbedRequest> = {
  inputs: {
    names: ['input'],
    becomes: 'kept',
    note: 'images and tokens are refused where the provider takes none',
    read: ({ input }) => readInputs(input),
    write(inputs, to, body) {
      if (to.quirks.tokenInputs === false) refuseTokens(to.request)
      const told = inputs.map((input, index) => writeInput(input, index, to))
      const [only] = told
      body['input'] = told.length === 1 && typeof only === 'string' ? only : told
    },
  },
  titles: fate.lost('title'),
  dimensions: {
    ...fate.field('dimensions', readDimensions),
    names: ['dimensions', 'output_dimension'],
  },
  encodings: {
    names: ENCODING_FIELDS,
    becomes: 'kept',
    note: 'what the provider has no word for is made of numbers, or refused',
    read: (body) => [readEncoding(body)],
    write: writeEncoding,
  },
  task: {
    names: TASK_FIELDS,
    becomes: 'kept',
    note: 'where the provider has a field for it',
    read: readTask,
    write: writeTask,
  },
  user: fate.text('user'),
}

function readInputs(input: Json | undefined): readonly Input[] {
  if (isAbsent(input)) return FIELDS.refuseAbsent('input')
  if (typeof input === 'string') return [input]
  if (!isArray(input)) return FIELDS.refuseKind('input', 'a text, tokens, or an array of either')
  if (input.length === 0) return FIELDS.refuse('input', 'must hold at least one text')
  return isTokens(input) ? [input] : input.map(readInput)
}

function readInput(input: Json, index: number): Input {
  if (typeof input === 'string') return input
  if (isArray(input) && input.length > 0 && isTokens(input)) return input
  const at = `input[${index}]`
  const [name, ...others] = isObject(input) ? Object.keys(input) : []
  const told = isObject(input) && others.length === 0 ? readString(input, name ?? '') : undefined
  if (told !== undefined && name === 'text') return told
  if (told !== undefined && name === 'image') return { parts: [imageAt(told, at)] }
  return FIELDS.refuseKind(at, 'a text, an array of tokens, or an object with a text or an image')
}

function isTokens(input: readonly Json[]): input is readonly number[] {
  return input.every((token) => Number.isSafeInteger(token))
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

function readDimensions(body: JsonObject): number | undefined {
  return FIELDS.positive(body, 'dimensions') ?? FIELDS.positive(body, 'output_dimension')
}

function readEncoding(body: JsonObject): VectorEncoding {
  for (const name of ENCODING_FIELDS.toReversed()) {
    const written = body[name]
    const encoding = FIELDS.text(
      isArray(written) && written.length === 1 ? { [name]: written[0] } : body,
      name,
    )
    if (encoding === undefined) continue
    if (!isVectorEncoding(encoding))
      return FIELDS.refuse(name, `must be one of ${VECTOR_ENCODINGS.join(', ')}`)
    if (encoding !== 'float') return encoding
  }
  return 'float'
}

type EncodingFields = Readonly<Partial<Record<VectorEncoding, string>>>

const USUAL_ENCODINGS: EncodingFields = { base64: 'encoding_format' }
const NO_ENCODINGS: EncodingFields = {}

/** The encodings beside plain numbers that a provider gives, with the fields by which it is asked for them. */
function encodingsOf({ base64Vectors, vectors }: Quirks): EncodingFields {
  return base64Vectors === false ? NO_ENCODINGS : (vectors?.encodings ?? USUAL_ENCODINGS)
}

/** The one encoding that a provider is asked for, of which all that are wanted can be made; undefined where there is none. */
export function encodingFor(wanted: readonly VectorEncoding[], quirks: Quirks): VectorEncoding | undefined {
  const [first = 'float', ...others] = wanted
  if (others.length === 0 && encodingsOf(quirks)[first] !== undefined) return first
  return wanted.every((encoding) => encoding === 'float' || encoding === 'base64') ? 'float' : undefined
}

/** Numbers are what all give who are not asked for anything else. */
function writeEncoding(encodings: readonly VectorEncoding[], { quirks, notice }: To, body: Body): void {
  const asked = encodingFor(encodings, quirks)
  if (asked === undefined)
    throw new Failure('unsupported-feature', {
      message: `The model does not give vectors in the encoding ${encodings.join(' and ')}.`,
      param: 'encoding_format',
    })
  if (encodings.some((encoding) => encoding !== asked)) notice('encoding.emulated', 'encoding_format')
  const field = encodingsOf(quirks)[asked]
  if (field !== undefined) body[field] = asked
}

/** What the client wrote is kept as it is, beside what it means to others. */
function readTask(body: JsonObject, rest: Body): EmbedTask | undefined {
  for (const name of TASK_FIELDS) setDefined(rest, name, body[name])
  const [purpose, task] = TASK_FIELDS
  return taskOf(readString(body, purpose) ?? readString(body, task) ?? '')
}

/** What the provider has a word for is told in it, what it has a field for but no word left out; others get what the client wrote. */
function writeTask(task: EmbedTask, { quirks, notice }: To, body: Body): void {
  const told = quirks.vectors?.task
  const isWritten = TASK_FIELDS.some((name) => body[name] !== undefined)
  if (told === undefined && isWritten) return
  const word = told?.words[task]
  if (word === undefined) notice('param.dropped', 'input_type')
  for (const name of TASK_FIELDS) body[name] = undefined
  if (told !== undefined) body[told.field] = word
}
