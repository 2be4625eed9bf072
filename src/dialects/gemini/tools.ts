import type { ChatRequest, FunctionTool, HostedTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { defined } from '../../kit/defined.ts'
import { inCamel } from '../../kit/in-camel.ts'
import type { Json, JsonObject } from '../../kit/json.ts'
import type { Mutable } from '../../kit/mutable.ts'
import type { Body } from '../fates.ts'
import { isAbsent } from '../fields.ts'
import { settleChoice, settleTools } from '../settle-tools.ts'
import { mayChooseTools } from '../tool-choice.ts'
import { withUnknown } from '../unknown-members.ts'
import { toPlainSchema } from './plain-schema.ts'
import type { ToGemini } from './to-gemini.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

const FUNCTIONS = 'functionDeclarations'
const CONFIG = 'toolConfig'
const CALLING = 'functionCallingConfig'
/** The mode in which calls are held to their schemas, those of all functions. */
const VALIDATED = 'VALIDATED'

/** Reads the tools of a request. One entry may hold many functions, and tools that the provider runs, each under its own name. */
export function readTools(body: JsonObject): readonly Tool[] | undefined {
  const entries = FIELDS.array(body, 'tools')
  if (entries === undefined || entries.length === 0) return undefined
  return entries.flatMap((entry, index) => readEntry(entry, `tools[${index}]`))
}

function readEntry(value: Json, at: string): readonly Tool[] {
  const entry = inCamel(FIELDS.asObject(value, at))
  const functions = FIELDS.array(entry, FUNCTIONS, at) ?? []
  const read: Tool[] = functions.map((one, index) => readFunction(one, `${at}.${FUNCTIONS}[${index}]`))
  for (const name of Object.keys(entry)) {
    if (name === FUNCTIONS || isAbsent(entry[name])) continue
    read.push({ type: 'hosted', family: FAMILY, name, raw: { [name]: entry[name] }, at: `${at}.${name}` })
  }
  return read
}

const NAMED: ReadonlySet<string> = new Set(['name', 'description'])
const NAMED_WITH_SCHEMA: ReadonlySet<string> = new Set([...NAMED, 'parametersJsonSchema'])

/** The schema is told to others as JSON Schema; where the client wrote it otherwise, it is kept for the family as it is. */
function readFunction(value: Json, at: string): FunctionTool {
  const raw = inCamel(FIELDS.asObject(value, at))
  const name = FIELDS.requiredText(raw, 'name', at)
  const description = FIELDS.text(raw, 'description', at)
  const schema = FIELDS.object(raw, 'parametersJsonSchema', at)
  const written = schema ?? FIELDS.object(raw, 'parameters', at)
  const parameters = written === undefined ? undefined : toPlainSchema(written)
  const known = schema !== undefined && parameters === schema ? NAMED_WITH_SCHEMA : NAMED
  return { type: 'function', name, ...defined({ parameters, description }), ...FIELDS.unknown(raw, known) }
}

const CONFIG_FIELDS: ReadonlySet<string> = new Set([CALLING])
const CALLING_FIELDS: ReadonlySet<string> = new Set(['mode', 'allowedFunctionNames'])

/** Reads which functions may or must be called. */
export function readToolChoice(body: JsonObject, rest: Body): ToolChoice | undefined {
  const { config, mode, names } = callingIn(body)
  const unknown = FIELDS.unknown(config, CONFIG_FIELDS, [{ key: CALLING, fields: CALLING_FIELDS }])
  if (unknown.extra !== undefined) rest[CONFIG] = unknown.extra[FAMILY]
  const [name] = names
  switch (mode) {
    case 'MODE_UNSPECIFIED':
      return undefined
    case 'NONE':
      return { type: 'none' }
    case 'AUTO':
    case VALIDATED:
      return name === undefined ? { type: 'auto' } : { type: 'allowed', mode: 'auto', names }
    case 'ANY':
      if (name === undefined) return { type: 'required' }
      return names.length === 1 ? { type: 'tool', name } : { type: 'allowed', mode: 'required', names }
    default:
      return FIELDS.refuseKind(`${CONFIG}.${CALLING}.mode`, `AUTO, ANY, NONE or ${VALIDATED}`)
  }
}

interface Calling {
  readonly config: JsonObject
  readonly mode: string
  readonly names: readonly string[]
}

function callingIn(body: JsonObject): Calling {
  const config = inCamel(FIELDS.object(body, CONFIG) ?? {}, 2)
  const calling = FIELDS.object(config, CALLING, CONFIG) ?? {}
  const at = `${CONFIG}.${CALLING}`
  const names = FIELDS.array(calling, 'allowedFunctionNames', at) ?? []
  return {
    config,
    mode: FIELDS.text(calling, 'mode', at)?.toUpperCase() ?? 'MODE_UNSPECIFIED',
    names: names.filter((name) => typeof name === 'string'),
  }
}

/** Has functions be strict where the request says that calls are held to their schemas. */
export function settleStrictness(chat: Mutable<ChatRequest>, body: JsonObject): void {
  if (chat.tools === undefined || callingIn(body).mode !== VALIDATED) return
  chat.tools = chat.tools.map((tool) => (tool.type === 'function' ? { ...tool, strict: true } : tool))
}

/** All functions stand in one entry, and each tool that the provider runs in one of its own. */
export function writeTools(to: ToGemini): JsonObject {
  const { chat, notice } = to
  const tools = settleTools(chat.tools ?? [], to, FAMILY)
  const functions = tools.filter((tool) => tool.type === 'function')
  const hosted = tools.filter((tool): tool is HostedTool => tool.type === 'hosted')
  const entries: JsonObject[] = hosted.map(({ raw }) => raw)
  if (functions.length > 0) entries.unshift({ [FUNCTIONS]: functions.map((tool) => writeFunction(tool, to)) })
  const isStrict = functions.some(({ strict }) => strict === true)
  const calling = mayChooseTools(chat.toolChoice, entries.length, notice)
    ? writeChoice(chat.toolChoice, isStrict, to)
    : undefined
  const own = FIELDS.object(chat.extra?.[FAMILY] ?? {}, CONFIG)
  return {
    tools: entries.length === 0 ? undefined : entries,
    [CONFIG]: calling === undefined ? own : withUnknown({ [CALLING]: calling }, own),
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

/** Calls are held to their schemas for all functions or for none; names can be told where that is so, or where one must be called. */
function writeChoice(
  choice: ToolChoice | undefined,
  isStrict: boolean,
  to: ToGemini,
): JsonObject | undefined {
  if (choice === undefined) return isStrict ? { mode: VALIDATED } : undefined
  const settled = settleChoice(choice, to)
  switch (settled.type) {
    case 'auto':
      return { mode: isStrict ? VALIDATED : 'AUTO' }
    case 'none':
      return { mode: 'NONE' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [settled.name] }
    case 'allowed':
      return { mode: settled.mode === 'required' ? 'ANY' : VALIDATED, allowedFunctionNames: settled.names }
  }
}
