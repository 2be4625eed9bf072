import type { OutputFormat, ReasoningOptions } from '../../exchange/chat.ts'
import { Failure } from '../../exchange/failure.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, isObject, type Json, type JsonObject } from '../../kit/json.ts'
import { FateWords } from '../fate-words.ts'
import type { Body, Fates } from '../fates.ts'
import { Parameters } from '../parameters.ts'
import { effortOf, nearestEffort, toEffort } from '../reasoning-effort.ts'
import { structuredOutputOf } from '../structured-output.ts'
import { takesSampling } from '../sampling.ts'
import { unknownMembers } from '../unknown-members.ts'
import { toWireUser } from '../user-id.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { readToolChoice, readTools } from './decode-tools.ts'
import {
  FIELDS,
  INCLUDE_LOGPROBS,
  INCLUDE_PROOF,
  LIMIT_FIELD,
  SERVICE_TIERS,
  USER_CHARACTERS,
} from './vocabulary.ts'
import type { ToResponses } from './to-responses.ts'

const fate = new FateWords<ToResponses>(FIELDS)

const FATES: Fates<ToResponses> = {
  tools: { names: ['tools'], becomes: 'kept', counted: true, read: readTools },
  toolChoice: { names: ['tool_choice'], becomes: 'kept', counted: true, read: readToolChoice },
  parallelToolCalls: {
    names: ['parallel_tool_calls'],
    becomes: 'kept',
    counted: true,
    read: (body) => FIELDS.flag(body, 'parallel_tool_calls'),
  },
  maxOutputTokens: {
    names: [LIMIT_FIELD],
    becomes: 'kept',
    note: 'no more than the model gives',
    read: readLimit,
    write: writeLimit,
  },
  temperature: fate.number('temperature', { sampling: true, most: ({ quirks }) => quirks.maxTemperature }),
  topP: fate.number('top_p', { sampling: true }),
  topK: fate.lost('top_k'),
  presencePenalty: fate.lost('presence_penalty'),
  frequencyPenalty: fate.lost('frequency_penalty'),
  stop: fate.lost('stop'),
  seed: fate.lost('seed'),
  choices: fate.refused('n', (choices) => choices > 1, 'The provider gives one answer per request.'),
  logprobs: {
    names: ['top_logprobs'],
    becomes: 'kept',
    note: 'asked for in include',
    read: readLogprobs,
    write: writeLogprobs,
  },
  logitBias: fate.lost('logit_bias'),
  reasoning: {
    names: ['reasoning'],
    becomes: 'kept',
    counted: true,
    note: 'a budget becomes the effort that it amounts to',
    read: readReasoning,
    write: writeReasoning,
  },
  output: {
    names: ['text'],
    becomes: 'kept',
    counted: true,
    note: 'in words where the provider has no structured output',
    read: readOutput,
    write: writeOutput,
  },
  verbosity: {
    names: ['text'],
    becomes: 'kept',
    counted: true,
    read: (body) => FIELDS.text(FIELDS.object(body, 'text') ?? {}, 'verbosity', 'text'),
    write: (verbosity, _to, body) => (body['text'] = { ...held(body, 'text'), verbosity }),
  },
  cacheKey: fate.text('prompt_cache_key'),
  cache: fate.lost('cache_control', 'cache.hint-dropped'),
  serviceTier: fate.word('service_tier', new Map(SERVICE_TIERS.map((tier) => [tier, tier]))),
  user: fate.text('user', {
    say: (user, { quirks, notice }) => toWireUser(user, quirks.maxUserCharacters ?? USER_CHARACTERS, notice),
    note: 'a long name becomes digits of its hash',
  }),
  metadata: fate.textMap('metadata'),
  stream: {
    names: ['stream'],
    becomes: 'kept',
    read: (body) => FIELDS.flag(body, 'stream'),
    write: (stream, _to, body) => (body['stream'] = stream || undefined),
  },
}

/** The parameters of Responses. */
export const PARAMETERS = new Parameters(FATES, [
  'model',
  'input',
  'instructions',
  'background',
  OPTIONS_FIELD,
])

function held(body: JsonObject, name: string): JsonObject {
  const value = body[name]
  return isObject(value) ? value : {}
}

/** Adds a wish to `include`. */
function include(body: Body, options: string): void {
  const { include: requestOptions } = body
  const known: readonly Json[] = isArray(requestOptions) ? requestOptions : []
  if (!known.includes(options)) body['include'] = [...known, options]
}

/** A whole number ≥ 1. */
function readLimit(body: JsonObject): number | undefined {
  const limit = FIELDS.count(body, LIMIT_FIELD)
  return limit === 0 ? FIELDS.refuseKind(LIMIT_FIELD, 'a whole number of at least 1') : limit
}

function writeLimit(limit: number, { capabilities, notice }: ToResponses, body: Body): void {
  if (limit === 0) {
    throw new Failure('unsupported-feature', {
      param: 'max_tokens',
      message: 'The provider gives no answers without output.',
    })
  }
  // Less than the API takes is not raised: nothing is held for more than the client asked for.
  const told = Math.min(limit, capabilities.maxOutputTokens ?? Infinity)
  if (told !== limit) notice('max-tokens.clamped', 'max_tokens')
  body[LIMIT_FIELD] = told
}

type Logprobs = { readonly top?: number }

function readLogprobs(body: JsonObject): Logprobs | undefined {
  const top = FIELDS.count(body, 'top_logprobs')
  if (top !== undefined && top > 0) return { top }
  return FIELDS.array(body, 'include')?.includes(INCLUDE_LOGPROBS) === true ? {} : undefined
}

function writeLogprobs({ top }: Logprobs, { chat, capabilities, notice }: ToResponses, body: Body): void {
  if (!takesSampling(chat, capabilities)) {
    notice('param.dropped', 'logprobs')
    return
  }
  include(body, INCLUDE_LOGPROBS)
  if (top !== undefined) body['top_logprobs'] = top
}

const REASONING_FIELDS: ReadonlySet<string> = new Set(['effort'])

/** How a summary is to be written only this family understands; that there is to be one all others do. */
function readReasoning(body: JsonObject, rest: Body): ReasoningOptions | undefined {
  const reasoning = FIELDS.object(body, 'reasoning')
  if (reasoning === undefined) return undefined
  const effort = toEffort(FIELDS.text(reasoning, 'effort', 'reasoning'))
  const summary = FIELDS.text(reasoning, 'summary', 'reasoning')
  const further = unknownMembers(reasoning, effort === undefined ? NO_FIELDS : REASONING_FIELDS)
  const isPlain = summary === 'auto' && further !== undefined && Object.keys(further).length === 1
  if (further !== undefined && !isPlain) rest['reasoning'] = further
  if (effort === undefined && summary === undefined) return undefined
  return { ...defined({ effort }), ...(summary === undefined ? {} : { show: 'summary' }) }
}

const NO_FIELDS: ReadonlySet<string> = new Set()

/** The proof of reasoning is always asked for where there may be some: the gateway keeps nothing by which it could be found again. */
function writeReasoning(options: ReasoningOptions, { capabilities, notice }: ToResponses, body: Body): void {
  const effort = effortOf(options)
  if (capabilities.reasoning === 'none') {
    if (effort !== undefined && effort !== 'none') notice('param.dropped', 'reasoning')
    body['reasoning'] = undefined
    return
  }
  if (options.mode === 'adaptive') notice('reasoning.adaptive', 'reasoning.mode')
  if (effort !== undefined && options.effort === undefined && options.mode !== 'off')
    notice('param.renamed', 'reasoning.budget_tokens')
  const known = effort === undefined ? undefined : nearestEffort(effort, capabilities.efforts)
  if (known !== effort) notice('param.clamped', 'reasoning.effort')
  const isShown = options.show === 'full' || options.show === 'summary'
  body['reasoning'] = {
    ...(isShown ? { summary: 'auto' } : {}),
    ...held(body, 'reasoning'),
    ...defined({ effort: known }),
  }
  include(body, INCLUDE_PROOF)
}

const TEXT_FIELDS: ReadonlySet<string> = new Set(['format', 'verbosity'])

function readOutput(body: JsonObject, rest: Body): OutputFormat | undefined {
  const text = FIELDS.object(body, 'text')
  if (text === undefined) return undefined
  const format = FIELDS.object(text, 'format', 'text')
  const output = format === undefined ? undefined : readFormat(format)
  const further = {
    ...unknownMembers(text, TEXT_FIELDS),
    ...(output === undefined ? defined({ format }) : {}),
  }
  for (const _name in further) rest['text'] = further
  return output
}

function readFormat(format: JsonObject): OutputFormat | undefined {
  const path = 'text.format'
  const type = FIELDS.requiredText(format, 'type', path)
  if (type === 'text') return { type: 'text' }
  if (type === 'json_object') return { type: 'json' }
  if (type !== 'json_schema') return undefined
  return {
    type: 'json-schema',
    schema: FIELDS.object(format, 'schema', path) ?? FIELDS.refuseAbsent(`${path}.schema`),
    ...defined({
      name: FIELDS.text(format, 'name', path),
      description: FIELDS.text(format, 'description', path),
      strict: FIELDS.flag(format, 'strict', path),
    }),
  }
}

function writeOutput(output: OutputFormat, to: ToResponses, body: Body): void {
  const format = toFormat(output, to)
  if (format !== undefined) body['text'] = { ...held(body, 'text'), format }
}

function toFormat(output: OutputFormat, to: ToResponses): JsonObject | undefined {
  if (output.type === 'text') return { type: 'text' }
  const means = structuredOutputOf(to)
  if (means === 'none') {
    to.notice(output.type === 'json' ? 'schema.emulated' : 'schema.unenforced', 'text.format')
    return undefined
  }
  if (output.type === 'json' && means !== 'json-schema-only') return { type: 'json_object' }
  if (output.type === 'json') {
    to.notice('schema.emulated', 'text.format')
    return { type: 'json_schema', name: DEFAULT_NAME, schema: { type: 'object' }, strict: false }
  }
  if (means === 'json-object') {
    to.notice('schema.unenforced', 'text.format')
    return { type: 'json_object' }
  }
  const { name = DEFAULT_NAME, schema, description, strict = false } = output
  return { type: 'json_schema', name, schema, strict, ...defined({ description }) }
}

/** Name of a schema that came without one; the wire demands a name. */
const DEFAULT_NAME = 'output'
