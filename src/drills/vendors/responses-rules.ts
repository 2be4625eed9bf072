import {
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../kit/json.ts'
import { VendorError, type VendorErrorDetails } from '../vendor-error.ts'
import { indexedObjects, unknownKeys } from '../wire-path.ts'
import { checkStrictSchema } from './openai-strict-schema.ts'

const LEAST_OUTPUT_TOKENS = 16
const MAX_CALL_ID = 64
const NAME = /^[a-zA-Z0-9_-]{1,64}$/

/** Fields of a request (API reference, November 2026). */
const KNOWN_FIELDS: ReadonlySet<string> = new Set(
  `background client_metadata context_management conversation include input instructions max_output_tokens max_tool_calls metadata model moderation
  parallel_tool_calls previous_response_id prompt prompt_cache_key prompt_cache_options prompt_cache_retention reasoning
  safety_identifier service_tier store stream stream_options temperature text tool_choice tools top_logprobs top_p truncation user`.split(
    /\s+/,
  ),
)

/** Parts that each side may write. */
const PARTS: Readonly<Record<string, ReadonlySet<string>>> = {
  assistant: new Set(['output_text', 'refusal']),
  user: new Set(['input_text', 'input_image', 'input_file', 'input_audio']),
}

/**
 * Refuses what OpenAI refuses in a request for a response, in its words. Throws `VendorError` of status 400.
 * Source: API reference and errors seen in the field (November 2026).
 */
export function checkResponsesRequest(body: JsonObject): void {
  const [unknown] = unknownKeys(body, KNOWN_FIELDS)
  if (unknown !== undefined)
    refuse(`Unknown parameter: '${unknown}'.`, { param: unknown, code: 'unknown_parameter' })
  const limit = readNumber(body, 'max_output_tokens')
  if (limit !== undefined && limit < LEAST_OUTPUT_TOKENS) {
    refuse(
      `Invalid 'max_output_tokens': integer below minimum value. Expected a value >= ${LEAST_OUTPUT_TOKENS}, but got ${limit} instead.`,
      { param: 'max_output_tokens', code: 'integer_below_min_value' },
    )
  }
  const previous = readString(body, 'previous_response_id')
  if (previous !== undefined) {
    refuse(`Previous response with id '${previous}' not found.`, {
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    })
  }
  checkInput(body)
  checkTools(readObjects(body, 'tools'), 'tools')
  checkOutput(readObject(readObject(body, 'text') ?? {}, 'format'))
}

function refuse(message: string, details: VendorErrorDetails = {}): never {
  throw new VendorError(400, message, details)
}

/** A result stands behind its call, and a message holds parts of its own side only. */
function checkInput(body: JsonObject): void {
  const called = new Set<string>()
  for (const [index, item] of indexedObjects(body, 'input')) {
    const at = `input[${index}]`
    const callId = readString(item, 'call_id') ?? ''
    if (callId.length > MAX_CALL_ID) {
      refuse(
        `Invalid '${at}.call_id': string too long. Expected a string with maximum length ${MAX_CALL_ID}, but got a string with length ${callId.length} instead.`,
        { param: `${at}.call_id`, code: 'string_above_max_length' },
      )
    }
    const type = readString(item, 'type') ?? 'message'
    if (type === 'message') checkMessage(item, at)
    else if (type.endsWith('_call_output')) {
      if (!called.has(type.replace(/_output$/, '') + callId))
        refuse(`No tool call found for ${type.replaceAll('_', ' ')} with call_id ${callId}.`, {
          param: 'input',
        })
    } else if (callId !== '') called.add(type + callId)
  }
}

function checkMessage(item: JsonObject, at: string): void {
  const side = readString(item, 'role') === 'assistant' ? 'assistant' : 'user'
  for (const [index, part] of indexedObjects(item, 'content')) {
    const type = readString(part, 'type') ?? ''
    if (PARTS[side]?.has(type) !== true) {
      const supported = [...(PARTS[side] ?? [])].map((name) => `'${name}'`).join(', ')
      refuse(`Invalid value: '${type}'. Supported values are: ${supported}.`, {
        param: `${at}.content[${index}]`,
        code: 'invalid_value',
      })
    }
  }
}

function checkTools(tools: readonly JsonObject[], within: string): void {
  tools.forEach((tool, index) => {
    const at = `${within}[${index}]`
    const type = readString(tool, 'type')
    if (type === 'namespace') checkTools(readObjects(tool, 'tools'), `${at}.tools`)
    if (type !== 'function' && type !== 'custom') return
    const name = readString(tool, 'name') ?? ''
    if (!NAME.test(name)) {
      refuse(
        `Invalid '${at}.name': string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.`,
        { param: `${at}.name`, code: 'invalid_value' },
      )
    }
    // Whoever does not say that a function is not strict has said that it is.
    if (type === 'function' && readBoolean(tool, 'strict') !== false)
      checkStrictSchema(readObject(tool, 'parameters') ?? {}, {
        what: `function '${name}'`,
        param: `${at}.parameters`,
      })
  })
}

function checkOutput(format: JsonObject | undefined): void {
  if (format === undefined || readString(format, 'type') !== 'json_schema') return
  const name = readString(format, 'name')
  if (name === undefined) {
    refuse("Missing required parameter: 'text.format.name'.", {
      param: 'text.format.name',
      code: 'missing_required_parameter',
    })
  }
  if (readBoolean(format, 'strict') === true)
    checkStrictSchema(readObject(format, 'schema') ?? {}, {
      what: `response_format '${name}'`,
      param: 'text.format.schema',
    })
}
