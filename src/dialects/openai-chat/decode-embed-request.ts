import type { EmbedRequest, VectorEncoding } from '../../exchange/operations/embed.ts'
import type { Input } from '../../exchange/operations/inputs.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { isArray, isObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { isAbsent } from '../fields.ts'
import { imageAt } from '../mixed-input.ts'
import { isVectorEncoding, taskOf, VECTOR_ENCODINGS } from '../vectors.ts'
import type { Common } from '../whole-codec.ts'
import { FIELDS } from './vocabulary.ts'

/*
 * Embeddings (https://platform.openai.com/docs/api-reference/embeddings), with the names that Voyage
 * (https://docs.voyageai.com/reference/embeddings-api) and Jina (https://api.jina.ai/redoc) have for the same at the same path.
 */

/** The field of the API, and those for more than it knows; what these say is asked for in place of the former. */
const FURTHER_ENCODING_FIELDS = ['output_dtype', 'embedding_type'] as const
/** What vectors are wanted for. Not of this API: a server that has such a field gets it as the client wrote it. */
export const TASK_FIELDS = ['input_type', 'task'] as const

/** The fields of a question that are understood. */
export const EMBED_FIELDS = [
  'input',
  'dimensions',
  'output_dimension',
  'encoding_format',
  'user',
  ...FURTHER_ENCODING_FIELDS,
] as const

/** Reads the body of `POST /v1/embeddings`. Throws `Failure('invalid-request', { param })`. */
export function readEmbedRequest(body: JsonObject, common: Common): EmbedRequest {
  const request: Mutable<EmbedRequest> = {
    operation: 'embed',
    ...common,
    inputs: readInputs(body['input']),
    encodings: [readEncoding(body)],
  }
  setDefined(request, 'dimensions', readDimensions(body))
  setDefined(request, 'user', FIELDS.text(body, 'user'))
  const [purpose, task] = TASK_FIELDS
  setDefined(request, 'task', taskOf(readString(body, purpose) ?? readString(body, task) ?? ''))
  return request
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

function readDimensions(body: JsonObject): number | undefined {
  for (const name of ['dimensions', 'output_dimension']) {
    const dimensions = FIELDS.count(body, name)
    if (dimensions === 0) FIELDS.refuse(name, 'must be at least 1')
    if (dimensions !== undefined) return dimensions
  }
  return undefined
}

function readEncoding(body: JsonObject): VectorEncoding {
  for (const name of [...FURTHER_ENCODING_FIELDS, 'encoding_format']) {
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
