import type { NoticeCode } from '../exchange/notice.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import type { Body, Fate } from './fates.ts'
import type { Fields } from './fields.ts'
import { isPlainSampling } from './sampling.ts'
import type { Towards } from './towards.ts'

/** What is told of a value; undefined where nothing is, and whoever decided that has left a notice. */
export type Say<Value, To> = (value: Value, to: To, body: Body) => Json | undefined

export interface Rules<Value, To> {
  /** Absent: the value as it is. */
  readonly say?: Say<Value, To>
  readonly note?: string
  readonly sampling?: true
}

export interface NumberRules<To> extends Pick<Rules<number, To>, 'note' | 'sampling'> {
  /** Where it is not told either. */
  readonly unless?: (value: number, to: To, body: Body) => boolean
  /** It is brought to these, with a notice. */
  readonly least?: number
  readonly most?: (to: To) => number | undefined
}

/** The fate of what stands in one field; where `Value` cannot be undefined, every body says it. */
type FieldFate<Value, To> = Omit<Fate<NonNullable<Value>, To>, 'read'> & {
  readonly read: (body: JsonObject) => Value
}

/** The fates that most fields have, of whatever is asked. `Fields` are those of the dialect's own clients. */
export class FieldFates<To extends Pick<Towards, 'notice'>> {
  protected readonly fields: Fields

  constructor(fields: Fields) {
    this.fields = fields
  }

  /** A field that holds a value and nothing else. */
  field<Value extends Json | undefined>(
    name: string,
    read: (body: JsonObject) => Value,
    { say, ...rules }: Rules<NonNullable<Value>, To> = {},
  ): FieldFate<Value, To> {
    const write = (value: NonNullable<Value>, to: To, body: Body): void => {
      const told = say === undefined ? value : say(value, to, body)
      if (told !== undefined) body[name] = told
    }
    return { names: [name], becomes: 'kept', ...rules, read, write }
  }

  number(name: string, rules: NumberRules<To> = {}): Fate<number, To> {
    return this.field(name, (body) => this.fields.number(body, name), numberRules(name, rules))
  }

  /** A whole number ≥ 0. */
  count(name: string, rules: NumberRules<To> = {}): Fate<number, To> {
    return this.field(name, (body) => this.fields.count(body, name), numberRules(name, rules))
  }

  text(name: string, rules: Rules<string, To> = {}): Fate<string, To> {
    return this.field(name, (body) => this.fields.text(body, name), rules)
  }

  flag(name: string): Fate<boolean, To> {
    return this.field(name, (body) => this.fields.flag(body, name))
  }

  texts(name: string, rules: Rules<readonly string[], To> = {}): Fate<readonly string[], To> {
    const read = (body: JsonObject): readonly string[] | undefined => {
      const list = typeof body[name] === 'string' ? [body[name]] : this.fields.array(body, name)
      if (list === undefined || list.length === 0) return undefined
      return list.map((entry, index) =>
        typeof entry === 'string' ? entry : this.fields.refuseKind(`${name}[${index}]`, 'a string'),
      )
    }
    return this.field(name, read, rules)
  }

  /** For what the dialect has no word. It is named as clients of others know it. */
  lost<Value>(name: string, notice: NoticeCode = 'param.dropped'): Fate<Value, To> {
    return { names: [name], becomes: notice, write: (_value, to) => to.notice(notice, name) }
  }
}

function numberRules<To extends Pick<Towards, 'notice'>>(
  name: string,
  { unless, least = -Infinity, most, ...rules }: NumberRules<To>,
): Rules<number, To> {
  const say: Say<number, To> = (value, to, body) => {
    if (unless?.(value, to, body) === true) {
      if (!isPlainSampling(name, value)) to.notice('param.dropped', name)
      return undefined
    }
    const told = Math.min(Math.max(value, least), most?.(to) ?? value)
    if (told !== value) to.notice('param.clamped', name)
    return told
  }
  return { say, ...rules }
}
