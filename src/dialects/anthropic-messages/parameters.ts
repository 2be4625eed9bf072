import type { OutputFormat } from '../../exchange/chat.ts'
import { isObject, readObject, readString, type JsonObject } from '../../kit/json.ts'
import { isBlank } from '../blank-text.ts'
import { FateWords } from '../fate-words.ts'
import type { Body, Fates } from '../fates.ts'
import { Parameters } from '../parameters.ts'
import { outputSentence, structuredOutputOf } from '../structured-output.ts'
import { toWireUser } from '../user-id.ts'
import { isEmpty, keepUnknown, unknownMembers, withUnknown } from '../unknown-members.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { readParallelToolCalls, readToolChoice, readTools } from './decode-tools.ts'
import { lowerOutputSchema } from './output-schema.ts'
import { readReasoning, writeReasoning } from './reasoning.ts'
import { toCacheControl, type ToMessages } from './to-messages.ts'
import {
  CACHE_MARK,
  FIELDS,
  LEAST_THINKING_TOP_P,
  MAX_TEMPERATURE,
  TOOL_SERVERS,
  USER_CHARACTERS,
} from './vocabulary.ts'

type To = ToMessages

const fate = new FateWords<To>(FIELDS)

/** While it thinks, a model takes no temperature but 1, no low `top_p` and no `top_k`; temperature and `top_p` exclude each other. */
const FATES: Fates<To> = {
  tools: { names: ['tools', TOOL_SERVERS], becomes: 'kept', counted: true, read: readTools },
  toolChoice: { names: ['tool_choice'], becomes: 'kept', counted: true, read: readToolChoice },
  parallelToolCalls: { names: ['tool_choice'], becomes: 'kept', counted: true, read: readParallelToolCalls },
  maxOutputTokens: {
    ...fate.count('max_tokens'),
    note: 'the API demands one; with a budget for reasoning it may grow',
    write: writeLimit,
    otherwise: writeDefaultLimit,
  },
  temperature: fate.number('temperature', {
    sampling: true,
    unless: (value, { plan }) => plan.active && value !== 1,
    least: 0,
    most: ({ quirks }) => quirks.maxTemperature ?? MAX_TEMPERATURE,
    note: 'from 0 to 1; only 1 beside reasoning',
  }),
  topP: fate.number('top_p', {
    sampling: true,
    unless: (value, { plan }, body) =>
      body['temperature'] !== undefined || (plan.active && value < LEAST_THINKING_TOP_P),
    note: `beside a temperature it is left out, and below ${LEAST_THINKING_TOP_P} beside reasoning`,
  }),
  topK: fate.count('top_k', { sampling: true, unless: (_value, { plan }) => plan.active }),
  presencePenalty: fate.lost('presence_penalty'),
  frequencyPenalty: fate.lost('frequency_penalty'),
  stop: fate.texts('stop_sequences', { say: sayStop, note: 'those that are not blank' }),
  seed: fate.lost('seed'),
  choices: fate.refused(
    'n',
    (choices) => choices > 1,
    'The chosen model gives one answer per request. Leave out n or choose another model.',
  ),
  logprobs: fate.lost('logprobs'),
  logitBias: fate.lost('logit_bias'),
  reasoning: {
    names: ['thinking', 'output_config'],
    becomes: 'kept',
    counted: true,
    note: 'as an effort or a budget, whichever the model knows',
    read: readReasoning,
    write: (_options, to, body) => writeReasoning(to, body),
  },
  output: {
    names: ['output_config', 'output_format'],
    becomes: 'kept',
    counted: true,
    note: 'a schema is closed and lowered to what the API enforces; JSON without a schema is asked for in words',
    read: readOutput,
    write: writeOutput,
  },
  verbosity: fate.lost('verbosity'),
  cacheKey: fate.lost('prompt_cache_key', 'cache.hint-dropped'),
  cache: {
    names: [CACHE_MARK],
    becomes: 'kept',
    counted: true,
    read: (body) => FIELDS.mark(body).cache,
    write: (mark, { notice }, body) => void (body[CACHE_MARK] ??= toCacheControl(mark, notice)),
  },
  serviceTier: fate.word(
    'service_tier',
    new Map([
      ['auto', 'auto'],
      ['standard_only', 'standard_only'],
      ['default', 'standard_only'],
    ]),
  ),
  user: {
    names: ['metadata'],
    becomes: 'kept',
    note: 'as `metadata.user_id`',
    read: readUser,
    write: writeUser,
  },
  metadata: fate.lost('metadata'),
  stream: fate.stream('stream'),
}

/** The parameters of Messages. */
export const PARAMETERS = new Parameters(FATES, ['model', 'messages', 'system', OPTIONS_FIELD])

/** What became of the limit is told where it is: who only counts tokens is given none. */
function writeLimit(limit: number, { capabilities, notice, plan }: To, body: Body): void {
  if (limit > (capabilities.maxOutputTokens ?? limit)) notice('max-tokens.clamped', 'max_tokens')
  body['max_tokens'] = plan.maxTokens
}

function writeDefaultLimit({ notice, plan }: To, body: Body): void {
  notice('max-tokens.defaulted', 'max_tokens')
  body['max_tokens'] = plan.maxTokens
}

/** Sequences of white space alone are refused by the API. */
function sayStop(stop: readonly string[], { quirks, notice }: To): readonly string[] | undefined {
  const kept = stop.filter((sequence) => !isBlank(sequence)).slice(0, quirks.maxStops ?? stop.length)
  if (kept.length < stop.length) notice('param.dropped', 'stop')
  return kept.length === 0 ? undefined : kept
}

const USER_FIELDS: ReadonlySet<string> = new Set(['user_id'])

function readUser(body: JsonObject, rest: Body): string | undefined {
  const metadata = FIELDS.object(body, 'metadata')
  if (metadata === undefined) return undefined
  const further = unknownMembers(metadata, USER_FIELDS)
  if (further !== undefined) rest['metadata'] = further
  return FIELDS.text(metadata, 'user_id', 'metadata')
}

function writeUser(user: string, { quirks, notice }: To, body: Body): void {
  const user_id = toWireUser(user, quirks.maxUserCharacters ?? USER_CHARACTERS, notice)
  body['metadata'] = { ...readObject(body, 'metadata'), user_id }
}

const FORMAT_FIELDS: ReadonlySet<string> = new Set(['type', 'schema'])
const NO_CONFIG: JsonObject = {}

/** Reads `output_config.format`, or `output_format`, where betas had it. */
function readOutput(body: JsonObject, rest: Body): OutputFormat | undefined {
  const config = FIELDS.object(body, 'output_config') ?? NO_CONFIG
  const known = readObject(config, 'format')
  const format = known ?? readObject(body, 'output_format')
  if (format === undefined) return undefined
  const path = known === undefined ? 'output_format' : 'output_config.format'
  if (readString(format, 'type') !== 'json_schema') return FIELDS.refuseKind(`${path}.type`, "'json_schema'")
  const schema = FIELDS.object(format, 'schema', path) ?? FIELDS.refuseAbsent(`${path}.schema`)
  const further = unknownMembers(format, FORMAT_FIELDS)
  if (further !== undefined) keepUnknown(rest, 'output_config', { format: further })
  // Which of two a provider obeys nobody knows.
  const other = known === undefined ? undefined : readObject(body, 'output_format')
  if (other !== undefined) rest['output_format'] = other
  return { type: 'json-schema', schema }
}

function writeOutput(output: OutputFormat, to: To, body: Body): void {
  const { format: beside, ...config } = readObject(body, 'output_config') ?? NO_CONFIG
  body['output_config'] = isEmpty(config) ? undefined : config
  if (output.type === 'text') return
  const { notice } = to
  if (output.type === 'json-schema' && output.description !== undefined)
    notice('unknown.dropped', 'response_format.json_schema.description')
  if (output.type === 'json' || !structuredOutputOf(to).startsWith('json-schema')) {
    notice('schema.unenforced', 'response_format')
    to.sentences.push(outputSentence(output))
    return
  }
  const { schema, changed } = lowerOutputSchema(output.schema)
  if (changed) notice('schema.lowered', 'response_format')
  const format = withUnknown({ type: 'json_schema', schema }, isObject(beside) ? beside : undefined)
  body['output_config'] = { ...config, format }
}
