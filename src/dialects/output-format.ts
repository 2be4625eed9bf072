import type { OutputFormat } from '../exchange/chat.ts'
import { defined } from '../kit/defined.ts'
import { isObject, readObject, type JsonObject } from '../kit/json.ts'
import type { Body, Fate } from './fates.ts'
import { pathOf, type Fields } from './fields.ts'
import { outputSentence, structuredOutputOf } from './structured-output.ts'
import type { Towards } from './towards.ts'
import { keepUnknown, unknownMembers, unknownWithin, withUnknown, isEmpty } from './unknown-members.ts'

/** The format of an answer by a schema. */
type SchemaFormat = Extract<OutputFormat, { readonly type: 'json-schema' }>

/** How a wire spells the format of an answer. */
interface FormatSpelling {
  readonly fields: Fields
  /** The field of a body that it is, or the one that holds it, under a name of its own and beside others that are understood. */
  readonly field: string
  readonly within?: { readonly name: string; readonly beside: readonly string[] }
  /** The member of it that holds the schema and what goes with it; absent where they stand beside its type. */
  readonly holder?: string
  readonly writeSchema: (format: SchemaFormat & { readonly name: string }) => JsonObject
}

/** Name of a schema that came without one; wires of this kind demand one. */
const DEFAULT_NAME = 'output'

/** The field for the format of an answer, on wires that have one: `text`, `json_object` or `json_schema`. */
export class FormatField {
  readonly #spelling: FormatSpelling
  /** Where it stands in a body: `text.format`. */
  readonly #path: string
  /** The members of the field that are understood, and those beside a format that is not. */
  readonly #known: ReadonlySet<string>
  readonly #beside: ReadonlySet<string>

  constructor(spelling: FormatSpelling) {
    const { field, within, holder } = spelling
    this.#spelling = spelling
    this.#path = within === undefined ? field : pathOf(within.name, field)
    this.#beside = new Set(within?.beside)
    const own = within === undefined ? ['type', ...(holder === undefined ? [] : [holder])] : [within.name]
    this.#known = new Set([...this.#beside, ...own])
  }

  /** What becomes of it. A format that is not known is kept whole for the family, and so is what servers add to a known one. */
  fate(): Fate<OutputFormat, Towards> {
    return {
      names: [this.#spelling.field],
      becomes: 'kept',
      counted: true,
      note: 'in words where the provider has no structured output',
      read: (body, rest) => this.#readIn(body, rest),
      write: (output, to, body) => this.#writeIn(output, to, body),
    }
  }

  #readIn(body: JsonObject, rest: Body): OutputFormat | undefined {
    const { fields, field, within } = this.#spelling
    const held = fields.object(body, field)
    if (held === undefined) return undefined
    const format = within === undefined ? held : fields.object(held, within.name, field)
    const output = format === undefined ? undefined : this.read(format)
    const isUnread = format !== undefined && output === undefined
    keepUnknown(rest, field, unknownMembers(held, isUnread ? this.#beside : this.#known))
    if (format === undefined || output === undefined) return output
    const further = this.#unknownIn(format, output)
    if (further !== undefined)
      keepUnknown(rest, field, within === undefined ? further : { [within.name]: further })
    return output
  }

  /** What of a format is not understood, and of what it holds. */
  #unknownIn(format: JsonObject, { type }: OutputFormat): JsonObject | undefined {
    const { holder } = this.#spelling
    if (type !== 'json-schema') return unknownWithin(format, TYPE_ALONE)
    return holder === undefined
      ? unknownMembers(format, SCHEMA_BESIDE)
      : unknownWithin(format, new Set(['type', holder]), [{ key: holder, fields: SCHEMA_MEMBERS }])
  }

  #writeIn(output: OutputFormat, to: Towards, body: Body): void {
    const { field, within } = this.#spelling
    const format = this.write(output, to)
    const held = heldIn(body, field)
    if (within === undefined) body[field] = format === undefined ? undefined : this.#join(format, held)
    else {
      const beside = readObject(held, within.name)
      const { [within.name]: _format, ...others } = held
      const told = format === undefined ? others : { ...others, [within.name]: this.#join(format, beside) }
      body[field] = isEmpty(told) ? undefined : told
    }
  }

  /** A format with what the family said beside it; what belongs to a schema stays behind where another format is told. */
  #join(format: JsonObject, beside: JsonObject | undefined): JsonObject {
    const { holder } = this.#spelling
    if (beside === undefined || holder === undefined || format[holder] !== undefined)
      return withUnknown(format, beside)
    const { [holder]: _schema, ...others } = beside
    return withUnknown(format, others)
  }

  /** Reads what a client wrote; undefined for a type that is not known. */
  read(format: JsonObject): OutputFormat | undefined {
    const { fields, holder } = this.#spelling
    const path = this.#path
    const type = fields.requiredText(format, 'type', path)
    if (type === 'text') return { type: 'text' }
    if (type === 'json_object') return { type: 'json' }
    if (type !== 'json_schema') return undefined
    const within = holder === undefined ? path : `${path}.${holder}`
    const held = holder === undefined ? format : (fields.object(format, holder, path) ?? {})
    return {
      type: 'json-schema',
      schema: fields.object(held, 'schema', within) ?? fields.refuseAbsent(`${within}.schema`),
      ...defined({
        name: fields.text(held, 'name', within),
        description: fields.text(held, 'description', within),
        strict: fields.flag(held, 'strict', within),
      }),
    }
  }

  /** The format as it was asked for. */
  say(output: OutputFormat): JsonObject {
    if (output.type === 'text') return { type: 'text' }
    if (output.type === 'json') return { type: 'json_object' }
    return this.#spelling.writeSchema({ ...output, name: output.name ?? DEFAULT_NAME })
  }

  /** The format as far as the provider holds an answer to one; undefined where that is only asked for in words. */
  write(output: OutputFormat, to: Towards): JsonObject | undefined {
    if (output.type === 'text') return this.say(output)
    const means = structuredOutputOf(to)
    const path = this.#path
    if (means === 'none') {
      to.notice(output.type === 'json' ? 'schema.emulated' : 'schema.unenforced', path)
      return undefined
    }
    if (output.type === 'json' && means === 'json-schema-only') {
      to.notice('schema.emulated', path)
      return this.say(ANY_OBJECT)
    }
    if (output.type === 'json' || means.startsWith('json-schema')) return this.say(output)
    to.notice('schema.unenforced', path)
    return this.say({ type: 'json' })
  }
}

const TYPE_ALONE: ReadonlySet<string> = new Set(['type'])
const SCHEMA_MEMBERS: ReadonlySet<string> = new Set(['name', 'description', 'schema', 'strict'])
const SCHEMA_BESIDE: ReadonlySet<string> = new Set(['type', ...SCHEMA_MEMBERS])

/** The schema of any JSON object. */
const ANY_OBJECT: OutputFormat = { type: 'json-schema', schema: { type: 'object' } }

/** What the system prompt has to ask for, because no field can; undefined where one does. */
export function wordsForOutput(to: Towards): string | undefined {
  const { output } = to.chat
  if (output === undefined || output.type === 'text') return undefined
  const means = structuredOutputOf(to)
  const isAsked = output.type === 'json' ? means !== 'none' : means.startsWith('json-schema')
  return isAsked ? undefined : outputSentence(output)
}

/** The object that stands in a field of a body already; an empty one where there is none. */
export function heldIn(body: Body, name: string): JsonObject {
  const held = body[name]
  return isObject(held) ? held : {}
}
