import {
  readArray,
  readBoolean,
  readNumber,
  readObject,
  readString,
  type JsonObject,
} from '../../kit/json.ts'
import { VendorError, type VendorErrorDetails } from '../vendor-error.ts'
import { indexedObjects, isPresent, unknownKeys } from '../wire-path.ts'
import { checkOpenaiMessages } from './openai-messages.ts'
import { checkStrictSchema } from './openai-strict-schema.ts'

const MAX_STOPS = 4
const MAX_METADATA = 16
const MAX_CHOICES = 128
const NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** Top-level fields of a chat completion request (API reference, November 2026). */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'messages',
  'model',
  'audio',
  'frequency_penalty',
  'presence_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'max_completion_tokens',
  'max_tokens',
  'metadata',
  'modalities',
  'moderation',
  'n',
  'parallel_tool_calls',
  'prediction',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'reasoning_effort',
  'response_format',
  'safety_identifier',
  'seed',
  'service_tier',
  'stop',
  'store',
  'stream',
  'stream_options',
  'temperature',
  'tool_choice',
  'tools',
  'top_p',
  'user',
  'verbosity',
  'web_search_options',
  'functions',
  'function_call',
])

/**
 * Refuses what OpenAI refuses in a chat completion, in its words. Throws `VendorError` of status 400.
 * Source: API reference and errors seen in the field (November 2026).
 */
export function checkOpenaiRequest(body: JsonObject): void {
  for (const rule of RULES) rule(body)
}

const RULES: readonly ((body: JsonObject) => void)[] = [
  checkFields,
  checkOpenaiMessages,
  checkNumbers,
  checkLists,
  checkTools,
  checkOutput,
]

function refuse(message: string, details: VendorErrorDetails = {}): never {
  throw new VendorError(400, message, details)
}

function checkFields(body: JsonObject): void {
  const [unknown] = unknownKeys(body, KNOWN_FIELDS)
  if (unknown !== undefined) {
    refuse(`Unknown parameter: '${unknown}'.`, { param: unknown, code: 'unknown_parameter' })
  }
  for (const field of ['model', 'messages']) {
    if (body[field] === undefined) {
      refuse(`Missing required parameter: '${field}'.`, { param: field, code: 'missing_required_parameter' })
    }
  }
  if (
    body['stream_options'] !== undefined &&
    body['stream_options'] !== null &&
    readBoolean(body, 'stream') !== true
  ) {
    refuse("The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    })
  }
}

/** Field, least and greatest value, whether it must be whole. */
const RANGES: readonly (readonly [string, number, number, boolean])[] = [
  ['n', 1, MAX_CHOICES, true],
  ['temperature', 0, 2, false],
  ['top_p', 0, 1, false],
  ['presence_penalty', -2, 2, false],
  ['frequency_penalty', -2, 2, false],
  ['top_logprobs', 0, 20, true],
  ['max_tokens', 1, Number.MAX_SAFE_INTEGER, true],
  ['max_completion_tokens', 1, Number.MAX_SAFE_INTEGER, true],
]

function checkNumbers(body: JsonObject): void {
  for (const [field, least, most, whole] of RANGES) {
    const value = readNumber(body, field)
    if (value === undefined) continue
    const kind = whole ? 'integer' : 'decimal'
    if (value < least) {
      refuse(
        `Invalid '${field}': ${kind} below minimum value. Expected a value >= ${least}, but got ${value} instead.`,
        {
          param: field,
          code: `${kind}_below_min_value`,
        },
      )
    }
    if (value > most) {
      refuse(
        `Invalid '${field}': ${kind} above maximum value. Expected a value <= ${most}, but got ${value} instead.`,
        {
          param: field,
          code: `${kind}_above_max_value`,
        },
      )
    }
  }
}

function checkLists(body: JsonObject): void {
  const stops = readArray(body, 'stop').length
  if (stops > MAX_STOPS) {
    refuse(
      `Invalid 'stop': array too long. Expected an array with maximum length ${MAX_STOPS}, but got an array with length ${stops} instead.`,
      { param: 'stop', code: 'array_above_max_length' },
    )
  }
  const pairs = Object.keys(readObject(body, 'metadata') ?? {}).length
  if (pairs > MAX_METADATA) {
    refuse(
      `Invalid 'metadata': too many properties. Expected an object with at most ${MAX_METADATA} properties, but got an object with ${pairs} properties instead.`,
      { param: 'metadata', code: 'object_above_max_properties' },
    )
  }
}

function checkTools(body: JsonObject): void {
  const tools = indexedObjects(body, 'tools')
  for (const field of ['tool_choice', 'parallel_tool_calls']) {
    if (tools.length === 0 && isPresent(body, field)) {
      refuse(`Invalid value for '${field}': '${field}' is only allowed when 'tools' are specified.`, {
        param: field,
      })
    }
  }
  for (const [index, tool] of tools) {
    const definition = readObject(tool, readString(tool, 'type') ?? '')
    const name = definition === undefined ? '' : (readString(definition, 'name') ?? '')
    const at = `tools[${index}].function`
    if (!NAME.test(name)) {
      refuse(
        `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        {
          param: `${at}.name`,
          code: 'invalid_value',
        },
      )
    }
    if (definition === undefined || readBoolean(definition, 'strict') !== true) continue
    checkStrictSchema(readObject(definition, 'parameters') ?? {}, {
      what: `function '${name}'`,
      param: `${at}.parameters`,
    })
  }
}

function checkOutput(body: JsonObject): void {
  const format = readObject(body, 'response_format')
  if (format === undefined) return
  const type = readString(format, 'type')
  if (type === 'json_object' && !/json/i.test(JSON.stringify(body['messages'] ?? []))) {
    refuse(
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      {
        param: 'messages',
      },
    )
  }
  if (type !== 'json_schema') return
  const wanted = readObject(format, 'json_schema')
  const name = wanted === undefined ? undefined : readString(wanted, 'name')
  if (wanted === undefined || name === undefined) {
    refuse("Missing required parameter: 'response_format.json_schema.name'.", {
      param: 'response_format.json_schema.name',
      code: 'missing_required_parameter',
    })
  }
  if (readBoolean(wanted, 'strict') !== true) return
  checkStrictSchema(readObject(wanted, 'schema') ?? {}, {
    what: `response_format '${name}'`,
    param: 'response_format',
  })
}
