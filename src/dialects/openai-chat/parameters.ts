import { Failure } from '../../exchange/failure.ts'
import { readNumber, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { FateWords } from '../fate-words.ts'
import type { Body, Fates } from '../fates.ts'
import { FormatField, heldIn } from '../output-format.ts'
import { Parameters } from '../parameters.ts'
import { isPlainSampling, takesSampling } from '../sampling.ts'
import { SERVICE_TIERS } from '../served-tiers.ts'
import type { Towards } from '../towards.ts'
import { unknownMembers } from '../unknown-members.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { readReasoning, withoutReasoning, writeReasoning } from './reasoning.ts'
import { FIELDS, LIMIT_FIELDS, STOP_SEQUENCES, USER_CHARACTERS } from './vocabulary.ts'
import { readToolChoice, readTools } from './tools.ts'

const fate = new FateWords<Towards>(FIELDS)

const FORMAT = new FormatField({
  fields: FIELDS,
  field: 'response_format',
  holder: 'json_schema',
  writeSchema: ({ name, description, schema, strict }) => ({
    type: 'json_schema',
    json_schema: { name, description, schema, strict },
  }),
})

const FATES: Fates<Towards> = {
  tools: { names: ['tools', 'functions', 'web_search_options'], becomes: 'kept', read: readTools },
  toolChoice: { names: ['tool_choice', 'function_call'], becomes: 'kept', read: readToolChoice },
  parallelToolCalls: {
    names: ['parallel_tool_calls'],
    becomes: 'kept',
    read: (body) => FIELDS.flag(body, 'parallel_tool_calls'),
  },
  maxOutputTokens: {
    ...fate.limit(LIMIT_FIELDS, ({ quirks }) => quirks.maxTokensParam ?? LIMIT_FIELDS[0]),
    note: 'as the field that the provider knows, and no more than the model gives',
  },
  temperature: fate.number('temperature', { sampling: true, most: ({ quirks }) => quirks.maxTemperature }),
  topP: fate.number('top_p', { sampling: true }),
  // Of most compatible servers, not of OpenAI: it stays among the unknown fields, because only those may get it.
  topK: { ...fate.lost('top_k'), read: readTopK },
  presencePenalty: fate.number('presence_penalty', { sampling: true }),
  frequencyPenalty: fate.number('frequency_penalty', { sampling: true }),
  stop: fate.texts('stop', { say: sayStop, note: `the first ${STOP_SEQUENCES}` }),
  seed: fate.number('seed'),
  choices: {
    names: ['n'],
    becomes: 'kept',
    note: 'refused where the provider gives one answer per request',
    read: readChoices,
    write: writeChoices,
  },
  logprobs: {
    names: ['logprobs', 'top_logprobs'],
    becomes: 'kept',
    sampling: true,
    read: readLogprobs,
    write: writeLogprobs,
  },
  logitBias: fate.numberMap('logit_bias'),
  reasoning: {
    names: ['reasoning_effort'],
    becomes: 'kept',
    note: 'a budget becomes the effort that it amounts to; how much is shown is not up to the client',
    read: readReasoning,
    write: writeReasoning,
    otherwise: withoutReasoning,
  },
  output: FORMAT.fate(),
  verbosity: fate.text('verbosity'),
  cacheKey: fate.text('prompt_cache_key'),
  cache: fate.lost('cache_control', 'cache.hint-dropped'),
  serviceTier: fate.word('service_tier', SERVICE_TIERS),
  user: fate.user('user', USER_CHARACTERS),
  metadata: fate.textMap('metadata'),
  stream: { names: ['stream', 'stream_options'], becomes: 'kept', read: readStream, write: writeStream },
}

/** The parameters of Chat Completions. */
export const PARAMETERS = new Parameters(FATES, ['model', 'messages', OPTIONS_FIELD])

function readTopK(body: JsonObject): number | undefined {
  const topK = readNumber(body, 'top_k')
  return topK !== undefined && topK >= 1 ? topK : undefined
}

function sayStop(stop: readonly string[], { quirks, notice }: Towards): readonly string[] | undefined {
  const most = quirks.maxStops ?? STOP_SEQUENCES
  if (stop.length > most) notice('param.clamped', 'stop')
  return stop.length === 0 ? undefined : stop.slice(0, most)
}

function readChoices(body: JsonObject): number | undefined {
  const choices = FIELDS.positive(body, 'n')
  if (choices === undefined || choices <= LIMITS.choices) return choices
  return FIELDS.refuseKind('n', `at most ${LIMITS.choices}`)
}

/** One answer is what everybody gives; several that become one would be another result. */
function writeChoices(choices: number, { quirks }: Towards, body: Body): void {
  if (quirks.dropParams?.includes('n') !== true) body['n'] = choices
  else if (choices > 1) {
    throw new Failure('unsupported-feature', {
      param: 'n',
      message: 'The provider gives one answer per request.',
    })
  }
}

type Logprobs = { readonly top?: number }

function readLogprobs(body: JsonObject): Logprobs | undefined {
  const top = FIELDS.count(body, 'top_logprobs')
  if (FIELDS.flag(body, 'logprobs') !== true) return undefined
  return top === undefined ? {} : { top }
}

function writeLogprobs({ top }: Logprobs, { chat, capabilities, notice }: Towards, body: Body): void {
  const isTaken = takesSampling(chat, capabilities)
  for (const [name, value] of [['logprobs', true] as const, ['top_logprobs', top] as const]) {
    if (value === undefined) continue
    if (isTaken) body[name] = value
    else if (!isPlainSampling(name, value)) notice('param.dropped', name)
  }
}

const STREAM_OPTIONS: ReadonlySet<string> = new Set(['include_usage'])

function readStream(body: JsonObject, rest: Body): boolean | undefined {
  const options = FIELDS.object(body, 'stream_options')
  const further = options === undefined ? undefined : unknownMembers(options, STREAM_OPTIONS)
  if (further !== undefined) rest['stream_options'] = further
  return FIELDS.flag(body, 'stream')
}

/** Does a client of a stream ask to be told the usage? */
export function readWantsUsage(body: JsonObject): boolean {
  const options = FIELDS.object(body, 'stream_options')
  return options !== undefined && FIELDS.flag(options, 'include_usage', 'stream_options') === true
}

/** Usage is always asked for: the ledger needs it, and the encoder towards the client hides it again. */
function writeStream(stream: boolean, { quirks }: Towards, body: Body): void {
  const options = { ...heldIn(body, 'stream_options'), include_usage: true }
  body['stream_options'] = stream && quirks.streamOptions !== false ? options : undefined
  if (stream) body['stream'] = true
}
