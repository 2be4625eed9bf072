import type { EmbedRequest, VectorEncoding } from '../../exchange/operations/embed.ts'
import type { Input } from '../../exchange/operations/inputs.ts'
import { isArray, type Json, type JsonObject } from '../../kit/json.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { isAbsent } from '../fields.ts'
import { imageAt, readParts } from '../mixed-input.ts'
import { isVectorEncoding, taskOf, VECTOR_ENCODINGS } from '../vectors.ts'
import type { Common } from '../whole-codec.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

/** Where the inputs stand, in each of the three ways. */
const INPUT_FIELDS = ['texts', 'images', 'inputs'] as const

/** The fields of a question that are understood. */
export const EMBED_FIELDS = [...INPUT_FIELDS, 'input_type', 'embedding_types', 'output_dimension'] as const

/** What vectors of images are said to be for, which says what the inputs are and no more. */
export const IMAGE_TYPE = 'image'

/** Reads the body of `POST /v2/embed`. Throws `Failure('invalid-request', { param })`. */
export function readEmbedRequest(body: JsonObject, common: Common): EmbedRequest {
  const request: Mutable<EmbedRequest> = {
    operation: 'embed',
    ...common,
    inputs: readInputs(body),
    encodings: readEncodings(body),
  }
  const dimensions = FIELDS.count(body, 'output_dimension')
  if (dimensions === 0) FIELDS.refuse('output_dimension', 'must be at least 1')
  setDefined(request, 'dimensions', dimensions)
  const word = FIELDS.text(body, 'input_type')
  const task = taskOf(word ?? '')
  setDefined(request, 'task', task)
  // A word of a newer model is kept for the family as any other field that is not understood.
  if (task === undefined && word !== undefined && word !== IMAGE_TYPE)
    request.extra = { ...common.extra, [FAMILY]: { ...common.extra?.[FAMILY], input_type: word } }
  return request
}

function readInputs(body: JsonObject): readonly Input[] {
  const [field, further] = INPUT_FIELDS.filter((name) => !isAbsent(body[name]))
  if (field === undefined) return FIELDS.refuseAbsent('texts')
  if (further !== undefined) return FIELDS.refuse(further, `cannot be given beside \`${field}\``)
  const inputs = FIELDS.array(body, field) ?? []
  if (inputs.length === 0) return FIELDS.refuse(field, 'must hold at least one input')
  return inputs.map((input, index) => READERS[field](input, `${field}[${index}]`))
}

const READERS: Readonly<
  Record<(typeof INPUT_FIELDS)[number], (input: Json | undefined, at: string) => Input>
> = {
  texts: readText,
  images: (input, at) => ({ parts: [imageAt(readText(input, at), at)] }),
  inputs: (input, at) => {
    const { content } = FIELDS.asObject(input, at)
    if (!isArray(content)) return FIELDS.refuseKind(`${at}.content`, 'an array of parts')
    return readParts(content, `${at}.content`, FIELDS)
  },
}

function readText(input: Json | undefined, at: string): string {
  return typeof input === 'string' ? input : FIELDS.refuseKind(at, 'a string')
}

function readEncodings(body: JsonObject): readonly VectorEncoding[] {
  const written = FIELDS.array(body, 'embedding_types') ?? []
  const encodings = written.map((word, index) => {
    if (typeof word === 'string' && isVectorEncoding(word)) return word
    return FIELDS.refuse(`embedding_types[${index}]`, `must be one of ${VECTOR_ENCODINGS.join(', ')}`)
  })
  return encodings.length === 0 ? ['float'] : [...new Set(encodings)]
}
