import type { ReasoningOptions } from '../../exchange/chat.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, type Json, type JsonObject } from '../../kit/json.ts'
import { FateWords } from '../fate-words.ts'
import type { Body, Fates } from '../fates.ts'
import { FormatField, heldIn } from '../output-format.ts'
import { Parameters } from '../parameters.ts'
import { effortOf, toEffort, toldEffort } from '../reasoning-effort.ts'
import { takesSampling } from '../sampling.ts'
import { SERVICE_TIERS } from '../served-tiers.ts'
import { unknownMembers } from '../unknown-members.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { FIELDS, INCLUDE_LOGPROBS, INCLUDE_PROOF, LIMIT_FIELD, USER_CHARACTERS } from './vocabulary.ts'
import type { ToResponses } from './to-responses.ts'
import { readToolChoice, readTools } from './tools.ts'

const fate = new FateWords<ToResponses>(FIELDS)

/** The format of an answer. Whether it is strict is always said. */
export const FORMAT = new FormatField({
  fields: FIELDS,
  field: 'text',
  within: { name: 'format', beside: ['verbosity'] },
  writeSchema: ({ strict = false, ...format }) => ({ ...format, type: 'json_schema', strict }),
})

const FATES: Fates<ToResponses> = {
  tools: { names: ['tools'], becomes: 'kept', counted: true, read: readTools },
  toolChoice: { names: ['tool_choice'], becomes: 'kept', counted: true, read: readToolChoice },
  parallelToolCalls: {
    names: ['parallel_tool_calls'],
    becomes: 'kept',
    counted: true,
    read: (body) => FIELDS.flag(body, 'parallel_tool_calls'),
  },
  maxOutputTokens: fate.limit([LIMIT_FIELD]),
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
  output: FORMAT.fate(),
  verbosity: {
    names: ['text'],
    becomes: 'kept',
    counted: true,
    read: (body) => FIELDS.text(FIELDS.object(body, 'text') ?? {}, 'verbosity', 'text'),
    write: (verbosity, _to, body) => (body['text'] = { ...heldIn(body, 'text'), verbosity }),
  },
  cacheKey: fate.text('prompt_cache_key'),
  cache: fate.lost('cache_control', 'cache.hint-dropped'),
  serviceTier: fate.word('service_tier', SERVICE_TIERS),
  user: fate.user('user', USER_CHARACTERS),
  metadata: fate.textMap('metadata'),
  stream: fate.stream('stream'),
}

/** The parameters of Responses. */
export const PARAMETERS = new Parameters(FATES, [
  'model',
  'input',
  'instructions',
  'background',
  OPTIONS_FIELD,
])

/** Adds a wish to `include`. */
function include(body: Body, options: string): void {
  const { include: requestOptions } = body
  const known: readonly Json[] = isArray(requestOptions) ? requestOptions : []
  if (!known.includes(options)) body['include'] = [...known, options]
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
function writeReasoning(options: ReasoningOptions, to: ToResponses, body: Body): void {
  if (to.capabilities.reasoning === 'none') {
    if ((effortOf(options) ?? 'none') !== 'none') to.notice('param.dropped', 'reasoning')
    body['reasoning'] = undefined
    return
  }
  if (options.mode === 'adaptive') to.notice('reasoning.adaptive', 'reasoning.mode')
  const effort = toldEffort(options, to, 'reasoning.effort')
  const isShown = options.show === 'full' || options.show === 'summary'
  body['reasoning'] = {
    ...(isShown ? { summary: 'auto' } : {}),
    ...heldIn(body, 'reasoning'),
    ...defined({ effort }),
  }
  include(body, INCLUDE_PROOF)
}
