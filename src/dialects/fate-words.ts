import { Failure } from '../exchange/failure.ts'
import type { NoticeCode } from '../exchange/notice.ts'
import { defined } from '../kit/defined.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import type { Body, Fate } from './fates.ts'
import { pathOf, type Fields } from './fields.ts'
import { isPlainSampling, takesSampling } from './sampling.ts'
import type { Towards } from './towards.ts'
import { toWireUser } from './user-id.ts'

/** What is told of a value; undefined where nothing is, and whoever decided that has left a notice. */
type Say<Value, To> = (value: Value, to: To, body: Body) => Json | undefined

interface Rules<Value, To> {
  /** Absent: the value as it is. */
  readonly say?: Say<Value, To>
  readonly note?: string
  readonly sampling?: true
}

interface NumberRules<To> extends Pick<Rules<number, To>, 'note' | 'sampling'> {
  /** Where it is not told either. */
  readonly unless?: (value: number, to: To, body: Body) => boolean
  /** It is brought to these, with a notice. */
  readonly least?: number
  readonly most?: (to: To) => number | undefined
}

/** The fates that most parameters have, for the tables of dialects. `Fields` are those of the dialect's own clients. */
export class FateWords<To extends Towards> {
  readonly #fields: Fields

  constructor(fields: Fields) {
    this.#fields = fields
  }

  /** A field that holds a value and nothing else. */
  field<Value extends Json>(
    name: string,
    read: (body: JsonObject) => Value | undefined,
    { say, ...rules }: Rules<Value, To>,
  ): Fate<Value, To> {
    const write = (value: Value, to: To, body: Body): void => {
      const told = say === undefined ? value : say(value, to, body)
      if (told !== undefined) body[name] = told
    }
    return { names: [name], becomes: 'kept', ...rules, read, write }
  }

  number(name: string, rules: NumberRules<To> = {}): Fate<number, To> {
    return this.field(name, (body) => this.#fields.number(body, name), numberRules(name, rules))
  }

  /** A whole number ≥ 0. */
  count(name: string, rules: NumberRules<To> = {}): Fate<number, To> {
    return this.field(name, (body) => this.#fields.count(body, name), numberRules(name, rules))
  }

  text(name: string, rules: Rules<string, To> = {}): Fate<string, To> {
    return this.field(name, (body) => this.#fields.text(body, name), rules)
  }

  /** The name of the end user, of at most so many characters where a provider has no rule of its own. */
  user(name: string, mostCharacters: number): Fate<string, To> {
    return this.text(name, {
      say: (user, { quirks, notice }) => toWireUser(user, quirks.maxUserCharacters ?? mostCharacters, notice),
      note: 'a long name becomes digits of its hash',
    })
  }

  flag(name: string): Fate<boolean, To> {
    return this.field(name, (body) => this.#fields.flag(body, name), {})
  }

  /** A text that has to be one of those that providers know, under their words for them; others are left out with a notice. */
  word(name: string, known: ReadonlyMap<string, string> | readonly string[]): Fate<string, To> {
    const words = known instanceof Map ? known : new Map([...known.values()].map((word) => [word, word]))
    const say: Say<string, To> = (value, { notice }) => {
      const word = words.get(value)
      if (word === undefined) notice('param.dropped', name)
      return word
    }
    return this.text(name, { say, note: `one of ${[...words.keys()].join(', ')}; others are left out` })
  }

  texts(name: string, rules: Rules<readonly string[], To> = {}): Fate<readonly string[], To> {
    const read = (body: JsonObject): readonly string[] | undefined => {
      const list = typeof body[name] === 'string' ? [body[name]] : this.#fields.array(body, name)
      if (list === undefined || list.length === 0) return undefined
      return list.map((entry, index) =>
        typeof entry === 'string' ? entry : this.#fields.refuseKind(`${name}[${index}]`, 'a string'),
      )
    }
    return this.field(name, read, rules)
  }

  /** An object of texts. */
  textMap(name: string): Fate<Readonly<Record<string, string>>, To> {
    return this.#map(name, (held, key) => this.#fields.requiredText(held, key, name))
  }

  /** An object of numbers. */
  numberMap(name: string): Fate<Readonly<Record<string, number>>, To> {
    const fields = this.#fields
    const read = (held: JsonObject, key: string): number =>
      fields.number(held, key, name) ?? fields.refuseKind(pathOf(key, name), 'a number')
    return this.#map(name, read)
  }

  /** For what the dialect has no word. It is named as clients of others know it. */
  lost<Value>(name: string, notice: NoticeCode = 'param.dropped'): Fate<Value, To> {
    const { family } = this.#fields
    const write = (_value: Value, { chat, notice: note }: To): void => {
      // A client of this family may have written it for a server that knows it all the same.
      if (chat.extra?.[family]?.[name] === undefined) note(notice, name)
    }
    return { names: [name], becomes: notice, write }
  }

  /** For what cannot be told and must not be left out. */
  refused<Value>(name: string, isRefused: (value: Value) => boolean, message: string): Fate<Value, To> {
    const write = (value: Value): void => {
      if (isRefused(value)) throw new Failure('unsupported-feature', { param: name, message })
    }
    return { names: [name], becomes: 'refused', note: message.replace(/\.$/, ''), write }
  }

  #map<Value extends Json>(
    name: string,
    read: (held: JsonObject, key: string) => Value,
  ): Fate<Readonly<Record<string, Value>>, To> {
    const readMap = (body: JsonObject): Readonly<Record<string, Value>> | undefined => {
      const held = this.#fields.object(body, name)
      if (held === undefined) return undefined
      return Object.fromEntries(Object.keys(held).map((key) => [key, read(held, key)]))
    }
    return this.field(name, readMap, {})
  }
}

function numberRules<To extends Towards>(name: string, rules: NumberRules<To>): Rules<number, To> {
  const { sampling, unless, least = -Infinity, most, note } = rules
  const say: Say<number, To> = (value, to, body) => {
    const isTaken = sampling !== true || takesSampling(to.chat, to.capabilities)
    if (!isTaken || unless?.(value, to, body) === true) {
      if (!isPlainSampling(name, value)) to.notice('param.dropped', name)
      return undefined
    }
    const told = Math.min(Math.max(value, least), most?.(to) ?? value)
    if (told !== value) to.notice('param.clamped', name)
    return told
  }
  return { say, ...defined({ note, sampling }) }
}
