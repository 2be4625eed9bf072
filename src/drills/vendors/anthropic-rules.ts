import {
  isArray,
  isObject,
  readArray,
  readNumber,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import type { Operation } from '../../exchange/operations/all.ts'
import { VendorError } from '../vendor-error.ts'
import { indexedObjects, unknownKeys } from '../wire-path.ts'
import { checkAnthropicTurns } from './anthropic-turns.ts'

const MAX_CACHE_MARKS = 4
const MIN_THINKING_BUDGET = 1_024
const NAME = /^[a-zA-Z0-9_-]{1,128}$/
const VERSIONS: ReadonlySet<string> = new Set(['2023-06-01', '2026-10-21'])
/** From this version on the sampling parameters are gone. */
const VERSION_WITHOUT_SAMPLING = '2026-10-21'
const SAMPLING = ['temperature', 'top_p', 'top_k'] as const

/** Top-level fields of a Messages request, beta fields included (API reference, November 2026). */
const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'max_tokens',
  'messages',
  'system',
  'cache_control',
  'container',
  'diagnostics',
  'inference_geo',
  'metadata',
  'output_config',
  'service_tier',
  'speed',
  'stop_sequences',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'thinking',
  'tool_choice',
  'tools',
])
/** Fields that exist only for clients that announce a beta. */
const BETA_FIELDS: ReadonlySet<string> = new Set([
  'thread',
  'fallbacks',
  'context_management',
  'mcp_servers',
  'compaction',
  'billing_policy',
  'output_format',
  'betas',
])

export interface AnthropicRequest {
  readonly body: JsonObject
  readonly headers: Headers
  readonly operation: Operation
}

/**
 * Refuses what Anthropic refuses in a Messages request, in its words. Throws `VendorError` of status 400.
 * Source: API reference and errors seen in the field (November 2026).
 */
export function checkAnthropicRequest(request: AnthropicRequest): void {
  checkVersion(request)
  checkFields(request)
  checkSampling(request)
  checkCacheMarks(request.body)
  checkThinking(request.body)
  checkTools(request.body)
  checkAnthropicTurns(request.body)
}

function refuse(message: string): never {
  throw new VendorError(400, message)
}

function checkVersion({ headers }: AnthropicRequest): void {
  const version = headers.get('anthropic-version')
  if (version === null) refuse('anthropic-version: header is required')
  if (!VERSIONS.has(version)) refuse(`anthropic-version: "${version}" is not a valid version`)
}

function checkFields({ body, headers, operation }: AnthropicRequest): void {
  const beta = headers.get('anthropic-beta') !== null
  const unknown = unknownKeys(body, KNOWN_FIELDS).find((field) => !(beta && BETA_FIELDS.has(field)))
  if (unknown !== undefined) refuse(`${unknown}: Extra inputs are not permitted`)
  for (const field of operation === 'chat' ? ['model', 'max_tokens', 'messages'] : ['model', 'messages']) {
    if (body[field] === undefined) refuse(`${field}: Field required`)
  }
  if (operation !== 'chat') return
  const maxTokens = readNumber(body, 'max_tokens')
  if (maxTokens === undefined) refuse('max_tokens: Input should be a valid integer')
  if (maxTokens < 0) refuse('max_tokens: Input should be greater than or equal to 0')
}

function checkSampling({ body, headers }: AnthropicRequest): void {
  if (headers.get('anthropic-version') === VERSION_WITHOUT_SAMPLING) {
    const given = SAMPLING.find((field) => body[field] !== undefined)
    if (given !== undefined) {
      refuse(`${given}: not supported in API version ${VERSION_WITHOUT_SAMPLING}`)
    }
  }
  const temperature = readNumber(body, 'temperature')
  if (temperature !== undefined && (temperature < 0 || temperature > 1)) {
    refuse(`temperature: range: 0..1`)
  }
}

function checkCacheMarks(body: JsonObject): void {
  const marks = countMarks(body['system']) + countMarks(body['tools']) + countMarks(body['messages'])
  if (marks > MAX_CACHE_MARKS) {
    refuse(`A maximum of ${MAX_CACHE_MARKS} blocks with cache_control may be provided. Found ${marks}.`)
  }
}

/** Marks on blocks and tools; input of tools and schemas may hold a key of this name and mean nothing by it. */
function countMarks(value: Json | undefined): number {
  if (isArray(value)) return value.reduce<number>((sum, entry) => sum + countMarks(entry), 0)
  if (!isObject(value)) return 0
  return (readObject(value, 'cache_control') === undefined ? 0 : 1) + countMarks(readArray(value, 'content'))
}

function checkThinking(body: JsonObject): void {
  const thinking = readObject(body, 'thinking')
  const type = thinking === undefined ? undefined : readString(thinking, 'type')
  if (thinking === undefined || type === 'disabled') return
  if (type === 'enabled') checkBudget(body, readNumber(thinking, 'budget_tokens'))
  const choice = readString(readObject(body, 'tool_choice') ?? {}, 'type')
  if (choice === 'any' || choice === 'tool') {
    refuse('Thinking may not be enabled when tool_choice forces tool use.')
  }
  const temperature = readNumber(body, 'temperature')
  if (temperature !== undefined && temperature !== 1) {
    refuse('`temperature` may only be set to 1 when thinking is enabled.')
  }
}

function checkBudget(body: JsonObject, budget: number | undefined): void {
  if (budget === undefined) refuse('thinking.enabled.budget_tokens: Field required')
  if (budget < MIN_THINKING_BUDGET) {
    refuse(`thinking.enabled.budget_tokens: Input should be greater than or equal to ${MIN_THINKING_BUDGET}`)
  }
  const maxTokens = readNumber(body, 'max_tokens')
  if (maxTokens !== undefined && budget >= maxTokens) {
    refuse('`max_tokens` must be greater than `thinking.budget_tokens`.')
  }
}

function checkTools(body: JsonObject): void {
  const tools = indexedObjects(body, 'tools')
  if (tools.length === 0 && readObject(body, 'tool_choice') !== undefined) {
    refuse('tool_choice: tool_choice may only be specified while providing tools.')
  }
  for (const [index, tool] of tools) {
    const type = readString(tool, 'type') ?? 'custom'
    if (type !== 'custom') continue
    if (!NAME.test(readString(tool, 'name') ?? '')) {
      refuse(`tools.${index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'`)
    }
    const schema = readObject(tool, 'input_schema')
    if (schema === undefined) refuse(`tools.${index}.custom.input_schema: Field required`)
    if (readString(schema, 'type') !== 'object') {
      refuse(`tools.${index}.custom.input_schema.type: Input should be 'object'`)
    }
  }
}
