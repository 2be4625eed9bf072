import { Failure } from '../exchange/failure.ts'
import type { NoticeSink } from '../exchange/notice.ts'
import type { EmbedRequest, EmbedTask, Vector, VectorEncoding } from '../exchange/operations/embed.ts'
import { fromFloat32Text, toFloat32Text } from '../kit/float32-text.ts'
import { isArray, type Json } from '../kit/json.ts'

/** How a provider is asked for vectors. */
export interface VectorWords {
  /** The encodings that it gives beside plain numbers, and the field by which each is asked for; absent: base64 by `encoding_format`. */
  readonly encodings?: Readonly<Partial<Record<VectorEncoding, string>>>
  /** The field that says what vectors are for, and its words. */
  readonly task?: { readonly field: string; readonly words: Readonly<Partial<Record<EmbedTask, string>>> }
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

/** Reads the values of a vector; undefined for what is none. */
export function vectorValues(value: Json | undefined): readonly number[] | string | undefined {
  if (typeof value === 'string') return value
  if (!isArray(value)) return undefined
  return value.every((one): one is number => typeof one === 'number') ? value : undefined
}

/** The values of a vector in the encoding that is wanted: numbers and base64 stand for each other, integers for nothing else. */
export function valuesAs({ encoding, values }: Vector, wanted: VectorEncoding): readonly number[] | string {
  if (wanted === 'base64' && encoding === 'float' && typeof values !== 'string') return toFloat32Text(values)
  if (wanted === 'float' && encoding === 'base64' && typeof values === 'string')
    return fromFloat32Text(values) ?? values
  return values
}

/** Refuses inputs that are told as tokens, for a provider that takes texts only. */
export function refuseTokens({ inputs }: EmbedRequest): void {
  if (inputs.every((input) => typeof input === 'string')) return
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
export function settleForNumbers(encoding: VectorEncoding, notice: NoticeSink): void {
  if (encoding === 'float') return
  if (encoding === 'base64') {
    notice('encoding.emulated', 'encoding_format')
    return
  }
  throw new Failure('unsupported-feature', {
    message: `The model gives no vectors in the encoding ${encoding}.`,
    param: 'encoding_format',
  })
}

/** An answer has to hold a vector for every input. */
export function missingVectors({ inputs, encodings }: EmbedRequest, given: number): Failure | undefined {
  const wanted = inputs.length * encodings.length
  if (given === wanted) return undefined
  return new Failure('malformed-response', {
    message: `The provider gave ${given} vectors where ${wanted} were asked for.`,
  })
}
