import { describe, expect, test } from 'bun:test'
import { checkStrictSchema } from '../drills/vendors/openai-strict-schema.ts'
import { parseJsonObject, type JsonObject } from '../kit/json.ts'
import { closeParameters } from './strict-schema.ts'

const TEXT = { type: 'string' }
const object = (properties: JsonObject, more: JsonObject = {}): JsonObject => ({
  type: 'object',
  properties,
  ...more,
})

function closed(parameters: JsonObject | undefined): JsonObject {
  const schema = closeParameters(parameters)
  if (schema === undefined) throw new Error('cannot be closed')
  checkStrictSchema(schema, { what: "function 'f'", param: 'tools' })
  return schema
}

describe('what can be closed without changing what it takes', () => {
  test('an open object whose properties are all required', () => {
    expect(closed(object({ a: TEXT }, { required: ['a'] }))).toEqual(
      object({ a: TEXT }, { required: ['a'], additionalProperties: false }),
    )
  })

  test('a property that may be left out and may be null: null says the same', () => {
    const maybe = { type: ['string', 'null'] }
    const either = { anyOf: [{ type: 'null' }, TEXT] }
    const schema = closed(object({ maybe, a: TEXT, either }, { required: ['a'] }))
    expect(schema['required']).toEqual(['maybe', 'a', 'either'])
  })

  test('objects at every depth', () => {
    const inner = object({ a: TEXT }, { required: ['a'] })
    const schema = closed(
      object(
        {
          list: { type: 'array', items: inner },
          one: { anyOf: [inner, { type: 'null' }] },
          ref: { $ref: '#/$defs/d' },
        },
        { required: ['list', 'one', 'ref'], $defs: { d: inner } },
      ),
    )
    expect(JSON.stringify(schema).match(/"additionalProperties":false/g)).toHaveLength(4)
  })

  test('no parameters at all, and a schema that is closed already', () => {
    expect(closed(undefined)).toEqual(object({}, { required: [], additionalProperties: false }))
    const whole = object({ a: TEXT }, { required: ['a'], additionalProperties: false })
    expect(closed(whole)).toEqual(whole)
  })

  test('a property of any name, even of one that objects have by themselves', () => {
    const schema = parseJsonObject(
      '{"type":"object","properties":{"__proto__":{"type":"string"}},"required":["__proto__"]}',
    )
    expect(Object.keys(closed(schema)['properties'] ?? {})).toEqual(['__proto__'])
  })
})

test.each<[string, JsonObject]>([
  ['an optional property that may not be null', object({ a: TEXT })],
  [
    'an optional property whose values leave null out',
    object({ a: { type: ['string', 'null'], enum: ['x'] } }),
  ],
  ['an object of any members', { type: 'object' }],
  ['further members by schema', object({}, { additionalProperties: TEXT })],
  ['further members wanted', object({}, { additionalProperties: true })],
  ['a required member that is not described', object({}, { required: ['b'] })],
  ['alternatives at the root', { anyOf: [object({})] }],
  ['a list at the root', { type: 'array', items: TEXT }],
  ['a value of any kind', object({ a: {} }, { required: ['a'] })],
  ['a keyword that strict mode does not know', object({ a: { allOf: [TEXT] } }, { required: ['a'] })],
  ['such a keyword deep down', object({ a: { type: 'array', items: { not: TEXT } } }, { required: ['a'] })],
])('cannot be closed: %s', (_what, schema) => {
  expect(closeParameters(schema)).toBeUndefined()
})
