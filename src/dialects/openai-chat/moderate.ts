import type { EventSink } from '../../exchange/event.ts'
import { Failure } from '../../exchange/failure.ts'
import type { ModerateRequest, Verdict, Verdicts } from '../../exchange/operations/moderate.ts'
import { defined } from '../../kit/defined.ts'
import {
  isArray,
  isObject,
  readBoolean,
  readObject,
  toFiniteNumber,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import type { Codec } from '../dialect.ts'
import { isAbsent } from '../fields.ts'
import { plainText, readParts, writeParts } from '../mixed-input.ts'
import { WholeCodec, type Reading } from '../whole-codec.ts'
import { usageIn } from './list-answer.ts'
import { FIELDS } from './vocabulary.ts'
import { WHOLE } from './whole.ts'

/**
 * Moderations of OpenAI (https://platform.openai.com/docs/api-reference/moderations) and of Mistral, which took over the path and has
 * categories of its own (https://docs.mistral.ai/studio/safety-moderation).
 */
export const moderate: Codec<'moderate'> = new WholeCodec<ModerateRequest, Verdict, Verdicts>(WHOLE, {
  operation: 'moderate',
  endpoints: ['POST /v1/moderations'],
  path: '/moderations',
  // What the API takes where none is named.
  defaultModel: 'omni-moderation-latest',
  fates: {
    inputs: {
      names: ['input'],
      becomes: 'kept',
      note: 'images are refused beside other inputs',
      read: ({ input }) => readInputs(input),
      write: (inputs, _to, body) => void (body['input'] = writeInputs(inputs)),
    },
  },
  answers: ['results'],
  usageIn: (body, { quirks }) => usageIn(body, quirks),
  readAnswer,
  writeAnswer: ({ head, items }, { requestId, model }) => ({
    id: head.responseId ?? requestId,
    model: head.model ?? model,
    results: items.map(writeVerdict),
  }),
})

/** Texts are judged one by one, parts in objects all together. */
function readInputs(input: Json | undefined): ModerateRequest['inputs'] {
  if (isAbsent(input)) return FIELDS.refuseAbsent('input')
  if (typeof input === 'string') return [input]
  if (!isArray(input)) return FIELDS.refuseKind('input', 'a text, or an array of texts or of parts')
  if (input.length === 0) return FIELDS.refuse('input', 'must hold at least one text')
  if (input.every(isObject)) return [readParts(input, 'input', FIELDS)]
  return input.map((text, index) =>
    typeof text === 'string' ? text : FIELDS.refuseKind(`input[${index}]`, 'a text'),
  )
}

function writeInputs(inputs: ModerateRequest['inputs']): Json {
  const [only] = inputs
  if (inputs.length === 1 && only !== undefined)
    return typeof only === 'string' ? only : writeParts(only, FIELDS.family)
  return inputs.map(textOf)
}

/** Of several inputs, each is a text. */
function textOf(input: ModerateRequest['inputs'][number], index: number): string {
  const text = typeof input === 'string' ? input : plainText(input)
  if (text !== undefined) return text
  throw new Failure('unsupported-feature', {
    message: 'Images are judged one request at a time.',
    param: `input[${index}]`,
  })
}

/** Scores alone are an answer at some servers, and flags alone at others. */
function readAnswer(
  { results }: JsonObject,
  { request: { inputs } }: Reading<ModerateRequest>,
  sink: EventSink<Verdict>,
): Failure | undefined {
  if (!isArray(results)) return new Failure('malformed-response')
  for (const [input, result] of results.entries()) {
    if (!isObject(result)) return new Failure('malformed-response')
    const categories = valuesIn(result, 'categories', asFlag)
    const scores = valuesIn(result, 'category_scores', toFiniteNumber)
    const flagged = readBoolean(result, 'flagged') ?? Object.values(categories).includes(true)
    sink({ type: 'verdict', input, flagged, categories, scores, ...lookedAt(result) })
  }
  if (results.length === inputs.length) return undefined
  return new Failure('malformed-response', {
    message: `The provider gave ${results.length} verdicts where ${inputs.length} were asked for.`,
  })
}

function lookedAt(result: JsonObject): Pick<Verdict, 'lookedAt'> {
  if (readObject(result, 'category_applied_input_types') === undefined) return {}
  return { lookedAt: valuesIn(result, 'category_applied_input_types', asTexts) }
}

/** The members of an object that have a meaning. */
function valuesIn<Value>(
  result: JsonObject,
  key: string,
  read: (value: Json | undefined) => Value | undefined,
): Readonly<Record<string, Value>> {
  const entries: [string, Value][] = []
  for (const [name, written] of Object.entries(readObject(result, key) ?? {})) {
    const value = read(written)
    if (value !== undefined) entries.push([name, value])
  }
  return Object.fromEntries(entries)
}

/** A category that a model does not know is null. */
function asFlag(value: Json | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

function asTexts(value: Json | undefined): readonly string[] | undefined {
  return isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
}

function writeVerdict({ flagged, categories, scores, lookedAt: types }: Verdict): JsonObject {
  return {
    flagged,
    categories,
    category_scores: scores,
    ...defined({ category_applied_input_types: types }),
  }
}
