import { Failure } from '../../exchange/failure.ts'
import { isObject, readNumber, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { FateWords } from '../fate-words.ts'
import type { Body, Fates } from '../fates.ts'
import { Parameters } from '../parameters.ts'
import { isPlainSampling, takesSampling } from '../sampling.ts'
import type { Towards } from '../towards.ts'
import { unknownMembers } from '../unknown-members.ts'
import { toWireUser } from '../user-id.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { readToolChoice, readTools } from './decode-tools.ts'
import { readOutput, writeOutput } from './output.ts'
import { readReasoning, withoutReasoning, writeReasoning } from './reasoning.ts'
import { FIELDS, LIMIT_FIELDS, SERVICE_TIERS, STOP_SEQUENCES, USER_CHARACTERS } from './vocabulary.ts'

const fate = new FateWords<Towards>(FIELDS)

const FATES: Fates<Towards> = {
  tools: { names: ['tools', 'functions', 'web_search_options'], becomes: 'kept', read: readTools },
  toolChoice: { names: ['tool_choice', 'function_call'], becomes: 'kept', read: readToolChoice },
  parallelToolCalls: { names: ['parallel_tool_calls'], becomes: 'kept', read: readParallel },
  maxOutputTokens: {
    names: LIMIT_FIELDS,
    becomes: 'kept',
    note: 'as the field that the provider knows, and no more than the model gives',
    read: (body) => readPositive(body, LIMIT_FIELDS[0]) ?? readPositive(body, LIMIT_FIELDS[1]),
    write: writeLimit,
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
  output: {
    names: ['response_format'],
    becomes: 'kept',
    note: 'in words where the provider has no structured output',
    read: readOutput,
    write: writeOutput,
  },
  verbosity: fate.text('verbosity'),
  cacheKey: fate.text('prompt_cache_key'),
  cache: fate.lost('cache_control', 'cache.hint-dropped'),
  serviceTier: fate.word('service_tier', new Map(SERVICE_TIERS.map((tier) => [tier, tier]))),
  user: fate.text('user', {
    say: (user, { quirks, notice }) => toWireUser(user, quirks.maxUserCharacters ?? USER_CHARACTERS, notice),
    note: 'a long name becomes digits of its hash',
  }),
  metadata: fate.textMap('metadata'),
  stream: { names: ['stream', 'stream_options'], becomes: 'kept', read: readStream, write: writeStream },
}

/** The parameters of Chat Completions. */
export const PARAMETERS = new Parameters(FATES, ['model', 'messages', OPTIONS_FIELD])

function readParallel(body: JsonObject): boolean | undefined {
  return FIELDS.flag(body, 'parallel_tool_calls')
}

/** A whole number ≥ 1. */
function readPositive(body: JsonObject, name: string): number | undefined {
  const value = FIELDS.number(body, name)
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return value
  return FIELDS.refuseKind(name, 'a whole number of at least 1')
}

function writeLimit(limit: number, { quirks, capabilities, notice }: Towards, body: Body): void {
  if (limit === 0) {
    throw new Failure('unsupported-feature', {
      param: 'max_tokens',
      message: 'The provider gives no answers without output.',
    })
  }
  const most = capabilities.maxOutputTokens ?? limit
  if (limit > most) notice('max-tokens.clamped', 'max_tokens')
  body[quirks.maxTokensParam ?? LIMIT_FIELDS[0]] = Math.min(limit, most)
}

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
  const choices = readPositive(body, 'n')
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
  const further = body['stream_options']
  body['stream_options'] = undefined
  if (!stream) return
  body['stream'] = true
  if (quirks.streamOptions === false) return
  body['stream_options'] = { ...(isObject(further) ? further : {}), include_usage: true }
}
