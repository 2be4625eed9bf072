import {
  isArray,
  isObject,
  readArray,
  readObject,
  readString,
  type Json,
  type JsonObject,
} from '../kit/json.ts'
import type { FactValue, KnownFacts } from './condition.ts'
import type { Exchange } from './exchange.ts'
import { FACTS } from './facts.ts'
import { factsOf } from './facts-of.ts'

/** Facts that every record holds, as far as they are not empty: what is absent there is empty. */
const ALWAYS_RECORDED: readonly string[] = [
  'request.tools',
  'request.turns',
  'request.tags',
  'request.session',
  'request.customer',
  'request.metadata',
  'client.name',
  'guard.flags',
]

/** Does a record hold a fact unless it is empty? */
export function isAlwaysRecorded(name: string): boolean {
  return ALWAYS_RECORDED.includes(name)
}

/** Facts that are recorded where a condition has read them, since working them out takes time or what they say is nobody's business else. */
const RECORDED_WHEN_READ = /^(request\.text\.|request\.system\.|headers\.|budget\.)/

/** Headers of such names might prove who sends a request, under whatever name that is done: no record holds them. */
const LIKE_A_SECRET = /auth|token|secret|key|cookie|password|credential|signature/

/** Of all facts together, so that the rest of the record has its room. */
const MOST_CHARACTERS = 600

/** The facts of a request as its record holds them. */
export interface WrittenFacts {
  /** By name; `null` is absent. */
  readonly facts: JsonObject
  /** Names of those for which there was no room. */
  readonly unfit: readonly string[] | undefined
}

/** Is a fact among those that are recorded where a condition reads them? */
function isRecordedWhenRead(name: string): boolean {
  return RECORDED_WHEN_READ.test(name) && !(name.startsWith('headers.') && LIKE_A_SECRET.test(name.slice(8)))
}

const ON_HAND = FACTS.filter(({ name }) => ALWAYS_RECORDED.includes(name))

/** The facts of a request for its record: those on hand, and what conditions have read. */
export function writeFacts(exchange: Exchange): WrittenFacts {
  const asked = exchange.trail.facts
  const writing = new FactWriting()
  const source = factsOf(exchange)
  for (const fact of ON_HAND) {
    const value = fact.read(source, '')
    if (value !== undefined && !isEmpty(value)) writing.add(fact.name, value)
  }
  for (const read of asked ?? NONE) writeRead(read, writing)
  return writing.written
}

const NONE: readonly KnownFacts[] = []

function writeRead({ known }: KnownFacts, writing: FactWriting): void {
  for (const [name, value] of known) if (isRecordedWhenRead(name)) writing.add(name, value ?? null)
}

class FactWriting {
  readonly #facts: { [name: string]: Json } = {}
  #unfit: string[] | undefined
  #room = MOST_CHARACTERS

  get written(): WrittenFacts {
    return { facts: this.#facts, unfit: this.#unfit }
  }

  add(name: string, value: FactValue | null): void {
    if (this.#facts[name] !== undefined) return
    const size = name.length + sizeOf(value, this.#room)
    if (size > this.#room) (this.#unfit ??= []).push(name)
    else {
      this.#room -= size
      this.#facts[name] = value
    }
  }
}

/** Its characters in JSON, about; of what is longer than the most, no more than that it is. */
function sizeOf(value: FactValue | null, most: number): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 1
  let size = 0
  for (const [name, text] of Object.entries<string>(value)) {
    size += name.length + text.length
    if (size > most) return size
  }
  return size
}

function isEmpty(value: FactValue): boolean {
  if (typeof value === 'object') return Object.keys(value).length === 0
  return value === '' || value === 0 || value === false
}

/** Facts as a record tells them. */
export interface RecordedFacts {
  /** By name: what was read as absent is undefined. */
  readonly known: ReadonlyMap<string, FactValue | undefined>
  /** Those that every request has, but for which its record had no room. */
  readonly unfit: ReadonlySet<string>
}

/** Reads the facts of a record; undefined where it is older than they are kept, or had no room for any. */
export function readFacts(record: JsonObject): RecordedFacts | undefined {
  const facts = readObject(record, 'facts')
  if (facts === undefined) return undefined
  const known = new Map<string, FactValue | undefined>()
  for (const name of Object.keys(facts)) known.set(name, toFact(facts[name]))
  return { known, unfit: new Set(readArray(record, 'unfit').filter((name) => typeof name === 'string')) }
}

function toFact(value: Json | undefined): FactValue | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value !== 'object') return value
  if (isObject(value)) {
    const texts = Object.keys(value).flatMap((name) => {
      const text = readString(value, name)
      return text === undefined ? [] : [[name, text] as const]
    })
    return Object.fromEntries(texts)
  }
  return isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
}
