import { readFileSync } from 'node:fs'
import { isObject, type Json } from '../../../src/kit/json.ts'

/**
 * The schema of the protocol as the npm package @opentelemetry/otlp-grpc-exporter-base 0.34.0 ships it (Apache-2.0), by which
 * what is exported is checked. A later schema may have more fields; those that it has stay as they are.
 */
const FILES = ['common', 'resource', 'trace', 'metrics', 'trace_service', 'metrics_service']

/** Fields of later versions of the schema that are written here: `Span.flags` came with 1.1.0. */
const LATER: Readonly<Record<string, Field>> = { 'Span.flags': { type: 'fixed32', repeated: false } }

interface Field {
  readonly type: string
  readonly repeated: boolean
}

type Schema = ReadonlyMap<string, ReadonlyMap<string, Field>>

const HEX: Readonly<Record<string, number>> = { traceId: 32, spanId: 16, parentSpanId: 16 }
const WHOLE = ['int64', 'uint64', 'fixed64', 'sfixed64']
const NUMBERS = ['double', 'int32', 'uint32', 'sint32', 'fixed32']

/** Reads what the files say of messages: their fields by the names that JSON has. */
export function readSchema(): Schema {
  const schema = new Map<string, Map<string, Field>>()
  for (const file of FILES) {
    const text = readFileSync(new URL(`${file}.proto`, import.meta.url), 'utf8').replaceAll(
      /\/\/.*$|\/\*[\s\S]*?\*\//gm,
      '',
    )
    const open: (string | undefined)[] = []
    for (const [, message, other, repeated, type = '', name = '', close] of text.matchAll(
      /message (\w+) \{|((?:oneof|enum|service|rpc)\b[^{;]*)\{|(?:(repeated) )?([\w.]+) (\w+) = \d+(?: \[[^\]]*\])?;|(\})/g,
    )) {
      if (message !== undefined) {
        open.push(message)
        schema.set(message, new Map())
      } else if (other !== undefined) open.push(undefined)
      else if (close !== undefined) open.pop()
      else
        schema.get(open.findLast((one) => one !== undefined) ?? '')?.set(inCamel(name), {
          type: type.split('.').at(-1) ?? type,
          repeated: repeated !== undefined,
        })
    }
  }
  return schema
}

function inCamel(name: string): string {
  return name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase())
}

/** What is wrong with JSON that stands for a message of the protocol (OTLP/HTTP, "JSON Protobuf Encoding"). */
export function checkMessage(schema: Schema, message: string, value: Json): string[] {
  if (!isObject(value)) return [`${message}: not an object`]
  const fields = schema.get(message)
  return Object.entries(value).flatMap(([name, member = null]) => {
    const field = fields?.get(name) ?? LATER[`${message}.${name}`]
    const place = `${message}.${name}`
    if (field === undefined) return [`${place}: there is no such field`]
    if (!field.repeated) return checkValue(schema, field.type, { place, name, value: member })
    if (!Array.isArray(member)) return [`${place}: not an array`]
    return member.flatMap((item: Json) => checkValue(schema, field.type, { place, name, value: item }))
  })
}

interface Place {
  readonly place: string
  readonly name: string
  readonly value: Json
}

function checkValue(schema: Schema, type: string, { place, name, value }: Place): string[] {
  if (schema.has(type)) return checkMessage(schema, type, value)
  const digits = HEX[name]
  const form = digits === undefined ? formOf(type) : new RegExp(`^"[0-9a-f]{${digits}}"$`)
  return form.test(JSON.stringify(value)) ? [] : [`${place}: ${JSON.stringify(value)} is no ${type}`]
}

/** How JSON writes a value of a type. What is no type of the language is an enum, which JSON has as a number. */
function formOf(type: string): RegExp {
  if (WHOLE.includes(type)) return /^"-?\d{1,20}"$/
  if (NUMBERS.includes(type)) return /^-?\d[\d.eE+-]*$/
  if (type === 'string') return /^"/
  return type === 'bool' ? /^(true|false)$/ : /^\d+$/
}
