import type { ChatRequest, FunctionTool, HostedTool, ToolChoice } from '../../exchange/chat.ts'
import type { CountTokensRequest } from '../../exchange/operations/count-tokens.ts'
import { pickHeaders } from '../../kit/header-rules.ts'
import { readObject, type JsonObject } from '../../kit/json.ts'
import { jsonText, writeObject } from '../../kit/json-text.ts'
import { refuseBound } from '../bound-content.ts'
import type { RequestContext, TextRequest } from '../dialect.ts'
import type { Body } from '../fates.ts'
import { obeyFieldNames } from '../field-names.ts'
import { noteForeignExtra } from '../foreign-extra.ts'
import { refusePrefill } from '../prefill.ts'
import { settleChoice, settleTools } from '../settle-tools.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { towards } from '../towards.ts'
import { isEmpty, withUnknown } from '../unknown-members.ts'
import { withOwnConfig } from './decode-tools.ts'
import { PARAMETERS } from './parameters.ts'
import { CONFIG, FAMILY, FORWARD_HEADERS, TOOL_RULES } from './vocabulary.ts'
import type { ToGemini } from './to-gemini.ts'
import { writeTurns } from './turns.ts'

/**
 * Writes a canonical request for a provider of this dialect. The same request always gives the same text.
 * Throws `Failure('unsupported-feature')` for what cannot be carried and must not be dropped, and
 * `Failure('invalid-request')` for tool arguments that are not a JSON object.
 */
export function encodeRequest(chat: ChatRequest, context: RequestContext): TextRequest {
  refusePrefill(chat, context.capabilities)
  return toText(writeRequest(chat, context, 'write'), context)
}

/** As `encodeRequest`, for counting, which holds the request whose input is counted. */
export function encodeCountRequest({ chat }: CountTokensRequest, context: RequestContext): TextRequest {
  const counted = { model: `models/${context.model}`, ...writeRequest(chat, context, 'writeCounted') }
  return toText({ generateContentRequest: jsonText(writeObject(counted)) }, context)
}

function toText(body: JsonObject, { headers }: RequestContext): TextRequest {
  return { body: writeObject(body), headers: pickHeaders(headers, FORWARD_HEADERS) }
}

function writeRequest(
  chat: ChatRequest,
  context: RequestContext,
  write: 'write' | 'writeCounted',
): JsonObject {
  refuseBound(chat, FAMILY, context.quirks)
  noteForeignExtra(chat, FAMILY, context.notice)
  const to: ToGemini = { ...towards(chat, context, TOOL_RULES), sentences: [], calls: namesOfCalls(chat) }
  const body: Body = { ...chat.extra?.[FAMILY] }
  PARAMETERS[write](chat, to, body)
  const config = obeyFieldNames(readObject(body, CONFIG) ?? {}, context)
  return {
    ...body,
    ...writeTools(to),
    ...writeTurns(to),
    [CONFIG]: isEmpty(config) ? undefined : config,
  }
}

function namesOfCalls({ turns }: ChatRequest): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { blocks } of turns)
    for (const block of blocks) if (block.type === 'tool-call') names.set(block.id, block.name)
  return names
}

/** All functions stand in one entry, and each tool that the provider runs in one of its own. */
function writeTools(to: ToGemini): JsonObject {
  const { chat, notice } = to
  const tools = settleTools(chat.tools ?? [], to, FAMILY)
  const functions = tools.filter((tool) => tool.type === 'function')
  const hosted = tools.filter((tool): tool is HostedTool => tool.type === 'hosted')
  const entries: JsonObject[] = hosted.map(({ raw }) => raw)
  if (functions.length > 0)
    entries.unshift({ functionDeclarations: functions.map((tool) => writeFunction(tool, to)) })
  const chooses = mayChooseTools(chat.toolChoice, entries.length, notice)
  const isStrict = functions.some(({ strict }) => strict === true)
  return {
    tools: entries.length === 0 ? undefined : entries,
    toolConfig: withOwnConfig(
      chooses ? writeChoice(chat.toolChoice, isStrict, to) : undefined,
      chat.extra?.[FAMILY]?.['toolConfig'],
    ),
  }
}

/** The schema as the family's own client wrote it, else as JSON Schema, which all models of this API take by now. */
function writeFunction(
  { name, description, parameters, cache, extra }: FunctionTool,
  { notice }: ToGemini,
): JsonObject {
  const own = extra?.[FAMILY]
  if (cache !== undefined) notice('cache.hint-dropped', name)
  const isKept = own?.['parameters'] !== undefined || own?.['parametersJsonSchema'] !== undefined
  return withUnknown({ name, description, ...(isKept ? {} : { parametersJsonSchema: parameters }) }, own)
}

/** Calls are held to their schemas for all functions or for none. */
function writeChoice(
  choice: ToolChoice | undefined,
  isStrict: boolean,
  to: ToGemini,
): JsonObject | undefined {
  if (choice === undefined) return isStrict ? calling('VALIDATED') : undefined
  const settled = settleChoice(choice, to)
  switch (settled.type) {
    case 'auto':
      return calling(isStrict ? 'VALIDATED' : 'AUTO')
    case 'none':
      return calling('NONE')
    case 'required':
      return calling('ANY')
    case 'tool':
      return calling('ANY', [settled.name])
    case 'allowed':
      return calling(settled.mode === 'required' ? 'ANY' : 'VALIDATED', settled.names)
  }
}

function calling(mode: string, allowedFunctionNames?: readonly string[]): JsonObject {
  return { functionCallingConfig: { mode, allowedFunctionNames } }
}
