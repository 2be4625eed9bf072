import type { EmbedRequest, EmbedTask, VectorEncoding } from '../../exchange/operations/embed.ts'
import { isMixed, type Input } from '../../exchange/operations/inputs.ts'
import { isArray, type Json, type JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { FieldFates } from '../field-fates.ts'
import { isAbsent } from '../fields.ts'
import type { Asking, MemberFates } from '../member-fates.ts'
import { imageAt, imageUrl, readParts, textOfInput, writeParts } from '../mixed-input.ts'
import { isVectorEncoding, refuseTokens, taskOf, VECTOR_ENCODINGS } from '../vectors.ts'
import { objectAt, unknownWithin, withUnknown } from '../unknown-members.ts'
import type { WireFields } from '../whole-codec.ts'
import { FIELDS } from './vocabulary.ts'

type To = Asking<EmbedRequest>
const fate = new FieldFates<To>(FIELDS)

/** Where the inputs stand, in each of the three ways. */
const INPUT_FIELDS = ['texts', 'images', 'inputs'] as const

const TASKS: Readonly<Partial<Record<EmbedTask, string>>> = {
  query: 'search_query',
  document: 'search_document',
  classification: 'classification',
  clustering: 'clustering',
}

/** What vectors of images are said to be for, which says what the inputs are and no more. */
const IMAGE_TYPE = 'image'

export const MEMBERS: MemberFates<EmbedRequest> = {
  inputs: {
    names: INPUT_FIELDS,
    becomes: 'kept',
    note: 'tokens are refused',
    read: readInputs,
    write(inputs, { request }, body) {
      refuseTokens(request)
      const { inputs: beside } = body
      body['inputs'] = undefined
      Object.assign(body, writeInputs(inputs, beside))
    },
  },
  titles: fate.lost('title'),
  dimensions: fate.field('output_dimension', (body) => FIELDS.positive(body, 'output_dimension')),
  encodings: fate.field('embedding_types', readEncodings),
  task: {
    names: ['input_type'],
    becomes: 'kept',
    note: 'where there is a word for it; else as for documents',
    read: readTask,
    write(task, to, body) {
      if (TASKS[task] === undefined) to.notice('param.dropped', 'input_type')
      writeTask(TASKS[task], to, body)
    },
    otherwise: (to, body) => writeTask(undefined, to, body),
  },
  user: fate.lost('user'),
}

function readInputs(body: JsonObject, rest: Body): readonly Input[] {
  const [field, further] = INPUT_FIELDS.filter((name) => !isAbsent(body[name]))
  if (field === undefined) return FIELDS.refuseAbsent('texts')
  if (further !== undefined) return FIELDS.refuse(further, `cannot be given beside \`${field}\``)
  const inputs = FIELDS.array(body, field) ?? []
  if (inputs.length === 0) return FIELDS.refuse(field, 'must hold at least one input')
  const unknown = unknownWithin({ [field]: inputs }, NAMES, [{ key: field, fields: CONTENT }])
  if (unknown !== undefined) Object.assign(rest, unknown)
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

const NAMES: ReadonlySet<string> = new Set(INPUT_FIELDS)
const CONTENT: ReadonlySet<string> = new Set(['content'])

/** Texts, or images, or a mixture; one list holds all. */
function writeInputs(inputs: readonly Input[], beside: Json | undefined): WireFields {
  const isBare = beside === undefined && !inputs.some(saysMore)
  return (isBare ? writeAlike(inputs) : undefined) ?? { inputs: writeMixed(inputs, beside) }
}

/** Does an input hold what nobody but the family knows? */
function saysMore(input: Input): boolean {
  return isMixed(input) && input.parts.some(({ extra }) => extra?.[FIELDS.family] !== undefined)
}

function writeMixed(inputs: readonly Input[], beside: Json | undefined): readonly JsonObject[] {
  return inputs.map((input, index) => withUnknown({ content: contentOf(input) }, objectAt(beside, index)))
}

function contentOf(input: Input): Json {
  return isMixed(input) ? writeParts(input, FIELDS.family) : [{ type: 'text', text: textOfInput(input) }]
}

/** Inputs that are all texts, or all images. */
function writeAlike(inputs: readonly Input[]): WireFields | undefined {
  const texts = inputs.map(textOfInput)
  if (texts.every((text) => text !== undefined)) return { texts }
  const images = inputs.map(imageAlone)
  return images.every((image) => image !== undefined) ? { images } : undefined
}

/** An image that is all of an input, in the URL that the API takes. */
function imageAlone(input: Input): string | undefined {
  if (!isMixed(input) || input.parts.length !== 1) return undefined
  const [part] = input.parts
  return part?.type === 'media' && part.source.from === 'bytes' ? imageUrl(part) : undefined
}

function readEncodings(body: JsonObject): readonly VectorEncoding[] {
  const written = FIELDS.array(body, 'embedding_types') ?? []
  const encodings = written.map((word, index) => {
    if (typeof word === 'string' && isVectorEncoding(word)) return word
    return FIELDS.refuse(`embedding_types[${index}]`, `must be one of ${VECTOR_ENCODINGS.join(', ')}`)
  })
  return encodings.length === 0 ? ['float'] : [...new Set(encodings)]
}

/** A word of a newer model is kept for the family as any field that is not understood. */
function readTask(body: JsonObject, rest: Body): EmbedTask | undefined {
  const word = FIELDS.text(body, 'input_type')
  const task = taskOf(word ?? '')
  if (task === undefined && word !== undefined && word !== IMAGE_TYPE) rest['input_type'] = word
  return task
}

/** The API wants to be told; who does not say makes vectors for what is searched. */
function writeTask(word: string | undefined, { request: { inputs } }: To, body: Body): void {
  const areImages = inputs.every((input) => imageAlone(input) !== undefined)
  body['input_type'] ??= areImages ? IMAGE_TYPE : (word ?? 'search_document')
}
