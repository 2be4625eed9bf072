import type { OutputFormat } from '../../exchange/chat.ts'
import type { JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { FateWords } from '../fate-words.ts'
import type { Body, Fates } from '../fates.ts'
import { HeldParameters } from '../held-parameters.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { FormatField } from '../output-format.ts'
import { readToolChoice, readTools } from './tools.ts'
import { toPlainSchema } from './plain-schema.ts'
import { readReasoning, writeReasoning } from './reasoning.ts'
import { CONFIG, FIELDS, MAX_TEMPERATURE, STOP_SEQUENCES } from './vocabulary.ts'
import type { ToGemini } from './to-gemini.ts'

const fate = new FateWords<ToGemini>(FIELDS)

const FATES: Fates<ToGemini> = {
  tools: { names: ['tools'], becomes: 'kept', counted: true, read: readTools },
  toolChoice: { names: ['toolConfig'], becomes: 'kept', counted: true, read: readToolChoice },
  parallelToolCalls: {
    names: ['parallel_tool_calls'],
    becomes: 'param.dropped',
    note: 'several calls at once cannot be forbidden',
    write: (isWanted, { notice }) => {
      if (!isWanted) notice('param.dropped', 'parallel_tool_calls')
    },
  },
  maxOutputTokens: {
    ...fate.count('maxOutputTokens'),
    note: 'no more than the model gives',
    write: writeLimit,
  },
  temperature: fate.number('temperature', {
    sampling: true,
    least: 0,
    most: ({ quirks }) => quirks.maxTemperature ?? MAX_TEMPERATURE,
  }),
  topP: fate.number('topP', { sampling: true }),
  topK: fate.number('topK', { sampling: true }),
  presencePenalty: fate.number('presencePenalty', { sampling: true }),
  frequencyPenalty: fate.number('frequencyPenalty', { sampling: true }),
  stop: fate.texts('stopSequences', { say: sayStop, note: `the first ${STOP_SEQUENCES}` }),
  seed: fate.number('seed'),
  choices: { ...fate.count('candidateCount'), read: readChoices },
  logprobs: {
    names: ['responseLogprobs', 'logprobs'],
    becomes: 'kept',
    read: readLogprobs,
    write: ({ top }, _to, config) => {
      config['responseLogprobs'] = true
      config['logprobs'] = top
    },
  },
  logitBias: fate.lost('logit_bias'),
  reasoning: {
    names: ['thinkingConfig'],
    becomes: 'kept',
    note: 'as a level or a budget, whichever the model knows',
    read: readReasoning,
    write: writeReasoning,
  },
  output: {
    names: ['responseMimeType', 'responseJsonSchema', 'responseSchema'],
    becomes: 'kept',
    note: 'as `responseJsonSchema`',
    read: readOutput,
    write: writeOutput,
  },
  verbosity: fate.lost('verbosity'),
  cacheKey: fate.lost('prompt_cache_key', 'cache.hint-dropped'),
  cache: fate.lost('cache_control', 'cache.hint-dropped'),
  serviceTier: fate.text('serviceTier', { note: 'beside `generationConfig`' }),
  user: fate.lost('user'),
  metadata: fate.lost('metadata'),
  stream: { names: ['stream'], becomes: 'kept', note: 'in the path' },
}

/** The parameters of `generateContent`. */
export const PARAMETERS = new HeldParameters(
  FATES,
  ['model', 'contents', 'systemInstruction', OPTIONS_FIELD],
  { key: CONFIG, beside: ['tools', 'toolChoice', 'serviceTier'] },
)

function writeLimit(limit: number, { capabilities, notice }: ToGemini, config: Body): void {
  const most = capabilities.maxOutputTokens ?? limit
  if (limit > most) notice('max-tokens.clamped', 'maxOutputTokens')
  config['maxOutputTokens'] = Math.min(limit, most)
}

function sayStop(stop: readonly string[], { quirks, notice }: ToGemini): readonly string[] | undefined {
  const most = quirks.maxStops ?? STOP_SEQUENCES
  if (stop.length > most) notice('param.clamped', 'stop')
  return stop.length === 0 ? undefined : stop.slice(0, most)
}

function readChoices(body: JsonObject): number | undefined {
  const choices = FIELDS.count(body, 'candidateCount')
  if (choices === undefined || (choices >= 1 && choices <= LIMITS.choices)) return choices
  return FIELDS.refuseKind('candidateCount', `from 1 to ${LIMITS.choices}`)
}

function readLogprobs(body: JsonObject): { readonly top?: number } | undefined {
  const top = FIELDS.count(body, 'logprobs')
  if (FIELDS.flag(body, 'responseLogprobs') !== true) return undefined
  return top === undefined ? {} : { top }
}

const JSON_TYPE = 'application/json'

/** The schema as the client wrote it is kept for the family; others are told JSON Schema. */
function readOutput(body: JsonObject, rest: Body): OutputFormat | undefined {
  const mediaType = FIELDS.text(body, 'responseMimeType')
  const own = FIELDS.object(body, 'responseSchema')
  const json = FIELDS.object(body, 'responseJsonSchema')
  if (own !== undefined) rest['responseSchema'] = own
  if (mediaType === undefined || mediaType === '') return undefined
  if (mediaType !== JSON_TYPE) {
    if (mediaType !== 'text/plain') rest['responseMimeType'] = mediaType
    return { type: 'text' }
  }
  const written = json ?? own
  return written === undefined ? { type: 'json' } : { type: 'json-schema', schema: toPlainSchema(written) }
}

/** The wire has no type for a format: the media type of an answer, with a schema or without. */
const FORMAT = new FormatField({
  fields: FIELDS,
  field: 'response_format',
  writeSchema: ({ schema }) => ({ schema }),
})

function writeOutput(output: OutputFormat, to: ToGemini, config: Body): void {
  const told = output.type === 'text' ? undefined : FORMAT.write(output, to)
  if (told === undefined) return
  if (output.type === 'json-schema' && output.description !== undefined)
    to.notice('unknown.dropped', 'response_format.json_schema.description')
  config['responseMimeType'] = JSON_TYPE
  if (config['responseSchema'] === undefined) config['responseJsonSchema'] = told['schema']
}
