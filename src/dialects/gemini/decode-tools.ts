import type { FunctionTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import { isObject, readObject, type Json, type JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { unknownMembers, withUnknown } from '../unknown-members.ts'
import { inCamel } from './in-camel.ts'
import { toPlainSchema } from './plain-schema.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

const FUNCTIONS = 'functionDeclarations'

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
    if (name === FUNCTIONS || entry[name] === undefined) continue
    read.push({ type: 'hosted', family: FAMILY, name, raw: { [name]: entry[name] }, at: `${at}.${name}` })
  }
  return read
}

const FUNCTION_FIELDS: ReadonlySet<string> = new Set(['name', 'description', 'parametersJsonSchema'])

/** The schema is told to others as JSON Schema; as the client wrote it, it is kept for the family. */
function readFunction(value: Json, at: string): FunctionTool {
  const raw = inCamel(FIELDS.asObject(value, at))
  const tool: Mutable<FunctionTool> = { type: 'function', name: FIELDS.requiredText(raw, 'name', at) }
  const schema = FIELDS.object(raw, 'parametersJsonSchema', at)
  const written = schema ?? FIELDS.object(raw, 'parameters', at)
  if (written !== undefined) tool.parameters = toPlainSchema(written)
  setDefined(tool, 'description', FIELDS.text(raw, 'description', at))
  const unknown = unknownMembers(raw, FUNCTION_FIELDS)
  const isReworded = schema !== undefined && tool.parameters !== schema
  const kept = isReworded ? { ...unknown, parametersJsonSchema: schema } : unknown
  if (kept !== undefined) tool.extra = { [FAMILY]: kept }
  return tool
}

const CONFIG_FIELDS: ReadonlySet<string> = new Set(['functionCallingConfig'])
const CALLING_FIELDS: ReadonlySet<string> = new Set(['mode', 'allowedFunctionNames'])

/** Reads which functions may or must be called. That calls are held to their schemas (`VALIDATED`) is the family's own. */
export function readToolChoice(body: JsonObject, rest: Body): ToolChoice | undefined {
  const held = FIELDS.object(body, 'toolConfig')
  if (held === undefined) return undefined
  const config = inCamel(held)
  const calling = inCamel(FIELDS.object(config, 'functionCallingConfig', 'toolConfig') ?? {})
  const at = 'toolConfig.functionCallingConfig'
  const mode = FIELDS.text(calling, 'mode', at)?.toUpperCase()
  const names = (FIELDS.array(calling, 'allowedFunctionNames', at) ?? []).filter(
    (name) => typeof name === 'string',
  )
  const further = unknownMembers(calling, CALLING_FIELDS)
  const own = mode === 'VALIDATED' ? { ...further, mode } : further
  const beside = unknownMembers(config, CONFIG_FIELDS)
  if (own !== undefined) rest['toolConfig'] = { ...beside, functionCallingConfig: own }
  else if (beside !== undefined) rest['toolConfig'] = beside
  return choiceOf(mode, names, `${at}.mode`)
}

function choiceOf(mode: string | undefined, names: readonly string[], at: string): ToolChoice | undefined {
  const [name] = names
  switch (mode) {
    case undefined:
    case 'MODE_UNSPECIFIED':
      return undefined
    case 'NONE':
      return { type: 'none' }
    case 'AUTO':
    case 'VALIDATED':
      return name === undefined ? { type: 'auto' } : { type: 'allowed', mode: 'auto', names }
    case 'ANY':
      if (name === undefined) return { type: 'required' }
      return names.length === 1 ? { type: 'tool', name } : { type: 'allowed', mode: 'required', names }
    default:
      return FIELDS.refuseKind(at, 'AUTO, ANY, NONE or VALIDATED')
  }
}

/** What the client wrote of `toolConfig` that only this family understands, over what is known of it. */
export function withOwnConfig(known: JsonObject | undefined, own: Json | undefined): JsonObject | undefined {
  if (!isObject(own)) return known
  if (known === undefined) return own
  const calling = {
    ...readObject(known, 'functionCallingConfig'),
    ...readObject(own, 'functionCallingConfig'),
  }
  return withUnknown({ functionCallingConfig: calling }, own)
}
