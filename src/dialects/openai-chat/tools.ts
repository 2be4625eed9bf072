import type { HostedTool, Tool, ToolChoice } from '../../exchange/chat.ts'
import { defined } from '../../kit/defined.ts'
import { isArray, isObject, type JsonObject } from '../../kit/json.ts'
import type { Body } from '../fates.ts'
import { isAbsent } from '../fields.ts'
import { keepUnknown, unknownMembers } from '../unknown-members.ts'
import { ToolFields } from '../tool-fields.ts'
import type { Towards } from '../towards.ts'
import { FAMILY, FIELDS } from './vocabulary.ts'

/** The tool that stands in a field of its own. */
const SEARCH = 'web_search_options'

const TOOLS = new ToolFields({
  fields: FIELDS,
  nested: true,
  explicit: false,
  list: (tools, written) => written.filter((_tool, index) => !isSearch(tools[index])),
})

function isSearch(tool: Tool | undefined): tool is HostedTool {
  return tool?.type === 'hosted' && tool.name === SEARCH
}

/** Reads `tools`, the deprecated `functions` and `web_search_options`; undefined when none of them is there. */
export function readTools(body: JsonObject): readonly Tool[] | undefined {
  const tools = FIELDS.array(body, 'tools')
  const functions = FIELDS.array(body, 'functions')
  const search = FIELDS.object(body, SEARCH)
  if (tools === undefined && functions === undefined && search === undefined) return undefined
  const read = (tools ?? []).map((tool, index) => TOOLS.read(tool, `tools[${index}]`))
  functions?.forEach((held, index) => {
    const at = `functions[${index}]`
    const raw = FIELDS.asObject(held, at)
    const further = unknownMembers(raw, OLD_FUNCTION)
    const extra = further === undefined ? undefined : { [FAMILY]: { function: further } }
    read.push({ ...TOOLS.readFunction(raw, at), ...defined({ extra }) })
  })
  if (search !== undefined)
    read.push({ type: 'hosted', family: FAMILY, name: SEARCH, raw: search, at: SEARCH })
  return read
}

/** True for a client that offers its tools in the deprecated field alone, and so knows no other form of calls. */
export function offersFunctions(body: JsonObject): boolean {
  return isArray(body['functions']) && !isArray(body['tools'])
}

/** Reads `tool_choice` or the deprecated `function_call`; undefined when neither is there. */
export function readToolChoice(body: JsonObject, rest: Body): ToolChoice | undefined {
  const { tool_choice: choice, function_call: old } = body
  if (!isAbsent(choice)) {
    keepUnknown(rest, 'tool_choice', TOOLS.unknownInChoice(choice))
    return TOOLS.readChoice(choice, 'tool_choice')
  }
  // Told in the form that came after it.
  const further = isObject(old) ? unknownMembers(old, OLD_CHOICE) : undefined
  keepUnknown(rest, 'tool_choice', further === undefined ? undefined : { function: further })
  if (isObject(old)) return { type: 'tool', name: FIELDS.requiredText(old, 'name', 'function_call') }
  return isAbsent(old) ? undefined : TOOLS.readChoice(old, 'function_call')
}

const OLD_FUNCTION: ReadonlySet<string> = new Set(['name', 'description', 'parameters', 'strict'])
const OLD_CHOICE: ReadonlySet<string> = new Set(['name'])

/** Writes tools, their choice and parallelism. Throws `unsupported-feature` for tools that the target cannot have. */
export function writeTools(to: Towards, body: Body): void {
  const search = TOOLS.write(to, body).find(isSearch)
  if (search !== undefined) body[SEARCH] = search.raw
}
