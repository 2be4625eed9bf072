import { Failure } from '../exchange/failure.ts'
import type { NoticeCode } from '../exchange/notice.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import type { Body, Fate } from './fates.ts'
import { FieldFates, type NumberRules, type Say } from './field-fates.ts'
import { pathOf } from './fields.ts'
import { toldLimit } from './output-limit.ts'
import { takesSampling } from './sampling.ts'
import type { Towards } from './towards.ts'
import { toWireUser } from './user-id.ts'

/** The fates that most parameters of chats have, for the tables of dialects. */
export class FateWords<To extends Towards> extends FieldFates<To> {
  override number(name: string, rules: NumberRules<To> = {}): Fate<number, To> {
    return super.number(name, withSampling(rules))
  }

  override count(name: string, rules: NumberRules<To> = {}): Fate<number, To> {
    return super.count(name, withSampling(rules))
  }

  /** The name of the end user, of at most so many characters where a provider has no rule of its own. */
  user(name: string, mostCharacters: number): Fate<string, To> {
    return this.text(name, {
      say: (user, { quirks, notice }) => toWireUser(user, quirks.maxUserCharacters ?? mostCharacters, notice),
      note: 'a long name becomes digits of its hash',
    })
  }

  /** Whether the answer is streamed: the field is there where it is. */
  stream(name: string): Fate<boolean, To> {
    return this.field<boolean | undefined>(name, (body) => this.fields.flag(body, name), {
      say: (stream) => stream || undefined,
    })
  }

  /**
   * The limit of an answer, on a wire that refuses 0.
   *
   * @param nameFor its name at a provider; absent: the first one
   */
  limit(
    names: readonly [string, ...string[]],
    nameFor: (to: To) => string = () => names[0],
  ): Fate<number, To> {
    const read = (body: JsonObject): number | undefined => {
      for (const name of names) {
        const limit = this.fields.positive(body, name)
        if (limit !== undefined) return limit
      }
      return undefined
    }
    const write = (limit: number, to: To, body: Body): void => void (body[nameFor(to)] = toldLimit(limit, to))
    return { names, becomes: 'kept', note: 'no more than the model gives', read, write }
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

  /** An object of texts. */
  textMap(name: string): Fate<Readonly<Record<string, string>>, To> {
    return this.#map(name, (held, key) => this.fields.requiredText(held, key, name))
  }

  /** An object of numbers. */
  numberMap(name: string): Fate<Readonly<Record<string, number>>, To> {
    const fields = this.fields
    const read = (held: JsonObject, key: string): number =>
      fields.number(held, key, name) ?? fields.refuseKind(pathOf(key, name), 'a number')
    return this.#map(name, read)
  }

  /** As for other requests; but a client of this family may have written it for a server that knows it all the same. */
  override lost<Value>(name: string, notice: NoticeCode = 'param.dropped'): Fate<Value, To> {
    const { family } = this.fields
    const write = (_value: Value, { chat, notice: note }: To): void => {
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
      const held = this.fields.object(body, name)
      if (held === undefined) return undefined
      return Object.fromEntries(Object.keys(held).map((key) => [key, read(held, key)]))
    }
    return this.field(name, readMap)
  }
}

/** A model that takes no sampling parameters is not told of them. */
function withSampling<To extends Towards>(rules: NumberRules<To>): NumberRules<To> {
  const { sampling, unless } = rules
  if (sampling !== true) return rules
  return {
    ...rules,
    unless: (value, to, body) =>
      !takesSampling(to.chat, to.capabilities) || unless?.(value, to, body) === true,
  }
}
