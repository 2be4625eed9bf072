import { Failure } from '../exchange/failure.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import type { EmbedRequest, EmbedTask, Vector, VectorEncoding } from '../exchange/operations/embed.ts'
import type { Input } from '../exchange/operations/inputs.ts'
import { fromFloat32Text, toFloat32Text } from '../kit/float32-text.ts'
import { isArray, type Json } from '../kit/json.ts'

/** How a provider is asked for vectors. */
export interface VectorWords {
  /** The encodings that it gives beside plain numbers, and the field by which each is asked for; absent: base64 by `encoding_format`. */
  readonly encodings?: Readonly<Partial<Record<VectorEncoding, string>>>
  /** The field that says what vectors are for, and its words. */
  readonly task?: { readonly field: string; readonly words: Readonly<Partial<Record<EmbedTask, string>>> }
  /** True where an input may be an image, in an object. */
  readonly images?: boolean
}

/** Words of all vendors for what a vector is wanted for, in lower case. */
const TASK_WORDS: ReadonlyMap<string, EmbedTask> = new Map([
  ['query', 'query'],
  ['search_query', 'query'],
  ['retrieval.query', 'query'],
  ['retrieval_query', 'query'],
  ['document', 'document'],
  ['passage', 'document'],
  ['search_document', 'document'],
  ['retrieval.passage', 'document'],
  ['retrieval_document', 'document'],
  ['classification', 'classification'],
  ['clustering', 'clustering'],
  ['separation', 'clustering'],
  ['text-matching', 'similarity'],
  ['semantic_similarity', 'similarity'],
])

/** What a vendor's word for the use of a vector means; undefined where nobody else has such a word. */
export function taskOf(word: string): EmbedTask | undefined {
  return TASK_WORDS.get(word.toLowerCase())
}

export const VECTOR_ENCODINGS: readonly VectorEncoding[] = [
  'float',
  'base64',
  'int8',
  'uint8',
  'binary',
  'ubinary',
]

export function isVectorEncoding(word: string): word is VectorEncoding {
  return VECTOR_ENCODINGS.some((encoding) => encoding === word)
}

/** Reads the values of a vector; undefined for what is none. */
export function vectorValues(value: Json | undefined): readonly number[] | string | undefined {
  if (typeof value === 'string') return value
  if (!isArray(value)) return undefined
  return value.every((one): one is number => typeof one === 'number') ? value : undefined
}

/** The vectors of all inputs in an encoding, made of those that were given: numbers and base64 stand for each other, integers for nothing else. */
export function vectorsAs(
  vectors: readonly Vector[],
  wanted: VectorEncoding,
): readonly (readonly number[] | string)[] {
  const given = vectors.filter(({ encoding }) => encoding === wanted)
  if (given.length > 0) return given.map(({ values }) => values)
  const other = wanted === 'base64' ? 'float' : 'base64'
  return vectors.filter(({ encoding }) => encoding === other).map(({ values }) => inEncoding(values, wanted))
}

function inEncoding(values: Vector['values'], wanted: VectorEncoding): Vector['values'] {
  if (wanted === 'base64') return typeof values === 'string' ? values : toFloat32Text(values)
  return typeof values === 'string' ? (fromFloat32Text(values) ?? values) : values
}

/** Refuses inputs that are told as tokens, for a provider that takes texts only. */
export function refuseTokens({ inputs }: EmbedRequest): void {
  if (!inputs.some(isTokens)) return
  throw new Failure('unsupported-feature', {
    message:
      'The model takes texts only, and the request holds tokens. Send texts (LangChain: check_embedding_ctx_length=False).',
    param: 'input',
  })
}

/**
 * Settles for numbers where a provider gives nothing else: base64 can be made of them, and leaves a notice. Throws
 * `Failure('unsupported-feature')` for the others.
 */
export function settleForNumbers(encodings: readonly VectorEncoding[], notice: NoticeSink): void {
  const other = encodings.find((encoding) => encoding !== 'float' && encoding !== 'base64')
  if (other !== undefined)
    throw new Failure('unsupported-feature', {
      message: `The model gives no vectors in the encoding ${other}.`,
      param: 'encoding_format',
    })
  if (encodings.includes('base64')) notice('encoding.emulated', 'encoding_format')
}

/** True for a text that is told as its tokens. */
function isTokens(input: Input): input is readonly number[] {
  return Array.isArray(input)
}

/** Refuses an input of a kind that a provider does not read. */
export function refuseInput(param: string): never {
  throw new Failure('unsupported-feature', {
    message: 'The model makes no vectors of images here, or of texts and images in one.',
    param,
  })
}

/** An answer has to hold a vector for every input. */
export function missingVectors({ inputs }: EmbedRequest, given: number): Failure | undefined {
  if (given === inputs.length) return undefined
  return new Failure('malformed-response', {
    message: `The provider gave ${given} vectors where ${inputs.length} were asked for.`,
  })
}
