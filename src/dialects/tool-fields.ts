import type { FunctionTool, Tool, ToolChoice } from '../exchange/chat.ts'
import { defined } from '../kit/defined.ts'
import { isObject, readObjects, readString, type Json, type JsonObject } from '../kit/json.ts'
import type { Body } from './fates.ts'
import type { Fields } from './fields.ts'
import { narrowTools } from './narrow-tools.ts'
import type { QuirksOf, QuirkTable } from './quirks.ts'
import { settleChoice, settleTools } from './settle-tools.ts'
import { closeParameters } from './strict-schema.ts'
import { mayChooseTools } from './tool-choice.ts'
import { lowerParameters } from './tool-parameters.ts'
import type { Towards } from './towards.ts'
import { unknownWithin, withUnknown, withUnknownWithin, type HeldObject } from './unknown-members.ts'

/** What is obeyed here, and in how tools are narrowed. */
export const TOOL_QUIRKS = {
  toolChoice: {
    value: ['words', 'unheard'],
    shows: 'request',
    help: 'words where tools cannot be chosen by name, unheard where a choice is not listened to.',
  },
  toolChoiceRequired: { value: 'text', shows: 'request', help: 'The word for "some tool must be called".' },
} as const satisfies QuirkTable

declare module '../exchange/target.ts' {
  interface Quirks extends QuirksOf<typeof TOOL_QUIRKS> {}
}

/** How a wire spells tools and the choice among them. */
interface ToolSpelling {
  readonly fields: Fields
  /** True where what a tool or a choice is stands in a member called like its type, and not beside it. */
  readonly nested: boolean
  /** True where a function without a word of it is taken for strict, and one without a schema is refused. */
  readonly explicit: boolean
  /** Lists tools that are settled, by their written forms; absent: all of them as they are. */
  readonly list?: (tools: readonly Tool[], written: readonly JsonObject[]) => readonly JsonObject[]
  /** What a choice names; absent: a tool by its name. */
  readonly nameIn?: (choice: JsonObject) => string | undefined
  /** The members by which a choice names a tool; undefined or absent: its name. */
  readonly nameMembers?: (name: string, tools: readonly Tool[]) => JsonObject | undefined
}

/** What is understood of a tool of one type, whether it stands beside the type or below it. */
class KnownMembers {
  readonly beside: ReadonlySet<string>
  readonly below: HeldObject
  readonly around: ReadonlySet<string>

  constructor(type: string, members: readonly string[]) {
    this.beside = new Set(['type', ...members])
    this.below = { key: type, fields: new Set(members) }
    this.around = new Set(['type', type])
  }
}

const KNOWN: ReadonlyMap<string, KnownMembers> = new Map([
  ['function', new KnownMembers('function', ['name', 'description', 'parameters', 'strict'])],
  ['custom', new KnownMembers('custom', ['name', 'description', 'format'])],
])
const ALLOWED = 'allowed_tools'

const TYPE_ALONE: ReadonlySet<string> = new Set(['type'])
const AROUND_ALLOWED: ReadonlySet<string> = new Set(['type', ALLOWED])
const ALLOWED_MEMBERS: ReadonlySet<string> = new Set(['mode', 'tools'])
const BESIDE_ALLOWED: ReadonlySet<string> = new Set(['type', ...ALLOWED_MEMBERS])
/** What names a tool in a choice. */
const NAMED: ReadonlySet<string> = new Set(['type', 'name', 'namespace', 'function', 'custom'])
const HELD_NAMES: readonly HeldObject[] = ['function', 'custom'].map((key) => ({
  key,
  fields: new Set(['name']),
}))

const WORDS: ReadonlyMap<Json, ToolChoice> = new Map<Json, ToolChoice>([
  ['auto', { type: 'auto' }],
  ['none', { type: 'none' }],
  ['required', { type: 'required' }],
  ['any', { type: 'required' }],
])

/**
 * The fields `tools`, `tool_choice` and `parallel_tool_calls`, on wires that have them: functions, tools with free text (`custom`),
 * and others that a provider runs, which are carried whole.
 */
export class ToolFields {
  readonly #spelling: ToolSpelling

  constructor(spelling: ToolSpelling) {
    this.#spelling = spelling
  }

  /** Reads one tool, by its place. */
  read(value: Json, at: string): Tool {
    const { fields, nested } = this.#spelling
    const raw = fields.asObject(value, at)
    const type = fields.requiredText(raw, 'type', at)
    const known = KNOWN.get(type)
    if (known === undefined) return { type: 'hosted', family: fields.family, name: type, raw, at }
    const unknown = nested
      ? fields.unknown(raw, known.around, [known.below])
      : fields.unknown(raw, known.beside)
    const held = nested ? fields.asObject(raw[type], at, type) : raw
    const tool = this.#readMembers(held, nested ? `${at}.${type}` : at, type)
    return { ...tool, ...fields.mark(raw), ...unknown }
  }

  /** Reads a function from the object that holds its members. */
  readFunction(held: JsonObject, at: string): FunctionTool {
    const { fields } = this.#spelling
    return {
      type: 'function',
      name: fields.requiredText(held, 'name', at),
      ...defined({
        description: fields.text(held, 'description', at),
        parameters: fields.object(held, 'parameters', at),
        strict: fields.flag(held, 'strict', at),
      }),
    }
  }

  #readMembers(held: JsonObject, at: string, type: string): Exclude<Tool, { type: 'hosted' }> {
    if (type === 'function') return this.readFunction(held, at)
    const { fields } = this.#spelling
    return {
      type: 'text',
      name: fields.requiredText(held, 'name', at),
      ...defined({
        description: fields.text(held, 'description', at),
        format: fields.object(held, 'format', at),
      }),
    }
  }

  /** Reads a choice: a word, or the name of a tool or of several. */
  readChoice(choice: Json, at: string): ToolChoice {
    if (!isObject(choice))
      return WORDS.get(choice) ?? this.#spelling.fields.refuseKind(at, 'none, auto, required, or name a tool')
    const allowed = this.#allowedIn(choice)
    if (allowed === undefined)
      // A word in an object, as other APIs have it, or a tool.
      return WORDS.get(readString(choice, 'type') ?? '') ?? { type: 'tool', name: this.#nameIn(choice, at) }
    const mode = readString(allowed, 'mode') === 'required' ? 'required' : 'auto'
    const names = readObjects(allowed, 'tools').map((tool) => this.#nameIn(tool, `${at}.tools`))
    return { type: 'allowed', mode, names }
  }

  /** The members of a choice that are not understood, and of what it holds; undefined where there are none. */
  unknownInChoice(choice: Json): JsonObject | undefined {
    if (!isObject(choice)) return undefined
    const allowed = this.#allowedIn(choice)
    if (allowed === undefined) return this.#unknownInNamed(choice)
    const tools: HeldObject = { key: 'tools', fields: NAMED, held: HELD_NAMES }
    return this.#spelling.nested
      ? unknownWithin(choice, AROUND_ALLOWED, [{ key: ALLOWED, fields: ALLOWED_MEMBERS, held: [tools] }])
      : unknownWithin(choice, BESIDE_ALLOWED, [tools])
  }

  #unknownInNamed(choice: JsonObject): JsonObject | undefined {
    if (WORDS.has(readString(choice, 'type') ?? '')) return unknownWithin(choice, TYPE_ALONE)
    const isHosted = !this.#spelling.nested && !KNOWN.has(readString(choice, 'type') ?? '')
    return unknownWithin(choice, isHosted ? TYPE_ALONE : NAMED, HELD_NAMES)
  }

  #allowedIn(choice: JsonObject): JsonObject | undefined {
    if (!this.#spelling.nested) return choice['type'] === ALLOWED ? choice : undefined
    const held = choice[ALLOWED]
    return isObject(held) ? held : undefined
  }

  #nameIn(choice: JsonObject, at: string): string {
    const { fields, nameIn } = this.#spelling
    const held = choice['function'] ?? choice['custom']
    return nameIn?.(choice) ?? fields.requiredText(isObject(held) ? held : choice, 'name', `${at}.function`)
  }

  /**
   * Writes tools, their choice and parallelism, as the target can have them; gives the tools that it has.
   * Throws `Failure('unsupported-feature')` for tools that it cannot have.
   */
  write(to: Towards, body: Body): readonly Tool[] {
    const { tools, toolChoice, parallelToolCalls } = to.chat
    const isSilent = tools === undefined && toolChoice === undefined && parallelToolCalls === undefined
    return isSilent ? NO_TOOLS : this.#writeAll(to, body)
  }

  #writeAll(to: Towards, body: Body): readonly Tool[] {
    const { fields, list } = this.#spelling
    const { tools: wanted = NO_TOOLS, toolChoice, parallelToolCalls } = to.chat
    const offered = narrowTools(wanted, toolChoice, to)
    const tools = settleTools(offered.tools, to, fields.family)
    const written = tools.map((tool, index) => this.#writeTool(tool, index, to))
    const listed = list === undefined ? written : list(tools, written)
    if (listed.length > 0) body['tools'] = listed
    const { choice } = offered
    const mayChoose = mayChooseTools(choice, listed.length, to.notice)
    // What the family said beside a choice goes with it, and not alone or with another one.
    const beside = choice === toolChoice ? body['tool_choice'] : undefined
    body['tool_choice'] = undefined
    if (!mayChoose) return tools
    if (choice !== undefined) {
      const told = this.writeChoice(settleChoice(choice, to), tools, to.quirks.toolChoiceRequired)
      body['tool_choice'] = isObject(told) && isObject(beside) ? withUnknownWithin(told, beside) : told
    }
    if (parallelToolCalls !== undefined) body['parallel_tool_calls'] = parallelToolCalls
    return tools
  }

  #writeTool(tool: Tool, index: number, to: Towards): JsonObject {
    if (tool.type === 'hosted') return tool.raw
    const { fields } = this.#spelling
    if (tool.cache !== undefined && !fields.isMarked(tool)) to.notice('cache.hint-dropped')
    const { name, description } = tool
    const written =
      tool.type === 'function'
        ? this.#wrap('function', { name, description, ...this.#shapeOf(tool, index, to) })
        : this.#wrap('custom', { name, description, format: tool.format })
    return withUnknown(written, tool.extra?.[fields.family])
  }

  /** The schema of a function, and whether calls are held to it: as strict as the target can have it. */
  #shapeOf(tool: FunctionTool, index: number, to: Towards): JsonObject {
    const { explicit } = this.#spelling
    const takesStrict = to.quirks.strictTools !== false
    const closed = tool.strict === true && takesStrict ? closeParameters(tool.parameters) : undefined
    if (closed !== undefined) return { parameters: closed, strict: true }
    if (tool.strict === true)
      to.notice(takesStrict ? 'schema.unenforced' : 'param.dropped', `tools[${index}].strict`)
    const isSaid = takesStrict && (explicit || tool.strict === false)
    const strict = isSaid ? false : undefined
    // Absent stays absent where that is the usual way to say that there are no arguments.
    if (tool.parameters === undefined && !explicit) return { parameters: undefined, strict }
    const { schema, changed } = lowerParameters(tool.parameters)
    if (changed) to.notice('schema.lowered', tool.name)
    return { parameters: schema, strict }
  }

  /**
   * Writes a choice among tools by the names that they have on the wire.
   *
   * @param required the word for it that some tool must be called
   */
  writeChoice(choice: ToolChoice, tools: readonly Tool[], required = 'required'): Json {
    switch (choice.type) {
      case 'auto':
      case 'none':
        return choice.type
      case 'required':
        return required
      case 'tool':
        return this.#named(choice.name, tools)
      case 'allowed':
        return this.#wrap(ALLOWED, {
          mode: choice.mode,
          tools: choice.names.map((name) => this.#named(name, tools)),
        })
    }
  }

  #named(name: string, tools: readonly Tool[]): JsonObject {
    const { nameMembers } = this.#spelling
    const tool = tools.find((one) => one.name === name)
    if (tool?.type === 'hosted') return { type: name }
    const type = tool?.type === 'text' ? 'custom' : 'function'
    return this.#wrap(type, nameMembers?.(name, tools) ?? { name })
  }

  #wrap(type: string, members: JsonObject): JsonObject {
    return this.#spelling.nested ? { type, [type]: members } : { type, ...members }
  }
}

const NO_TOOLS: readonly Tool[] = []
