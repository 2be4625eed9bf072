import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { toJsonInstance } from '../drills/json-instance.ts'
import { createSeededRandom } from './random.ts'
import type { Json, JsonObject } from './json.ts'
import { createFitsSchema } from './fits-schema.ts'

const fits = (schema: JsonObject, value: Json): string => {
  const fit = createFitsSchema(schema)(value)
  return fit.fits === 'no' ? `${fit.keyword} at ${fit.at}` : fit.fits
}

describe('holding a value against a schema', () => {
  test.each<[JsonObject, Json, string]>([
    [{ type: 'object', required: ['a'] }, {}, 'required at #/required'],
    [{ properties: { a: { type: 'string' } } }, { a: 1 }, 'type at #/properties/a/type'],
    [{ $defs: { n: { minimum: 3 } }, items: { $ref: '#/$defs/n' } }, [1], 'minimum at #/items/$ref/minimum'],
    [{ additionalProperties: false }, { a: 1 }, 'not at #/additionalProperties/not'],
    [{ enum: ['a', 'b'] }, 'c', 'enum at #/enum'],
    [{ oneOf: [{ type: 'string' }, { maximum: 1 }] }, 1, 'yes'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }] }, ['a', 1], 'yes'],
    [true as unknown as JsonObject, 1, 'yes'],
  ])('%j of %j: %s', (schema, value, expected) => {
    expect(fits(schema, value)).toBe(expected)
  })

  test.each<[JsonObject, Json]>([
    [{ type: 'string', pattern: '^a+$' }, 'b'],
    [{ not: { pattern: '^a+$' } }, 'b'],
    [{ if: { pattern: 'a' }, else: { maxLength: 0 } }, 'b'],
    [{ oneOf: [{ pattern: 'a' }, { type: 'string' }] }, 'b'],
    [{ patternProperties: { '^x': {} }, additionalProperties: false }, { xy: 1 }],
    [{ format: 'date' }, 'no date'],
  ])('what is left out never makes a value unfit: %j of %j', (schema, value) => {
    expect(fits(schema, value)).toBe('yes')
  })

  test('a schema that would take for ever, or that cannot be read, says nothing', () => {
    const twice = { $ref: '#/$defs/a' }
    const doubling: JsonObject = {
      $defs: { a: { allOf: [{ properties: { a: twice } }, { properties: { a: twice } }] } },
      $ref: '#/$defs/a',
    }
    let value: Json = {}
    for (let depth = 0; depth < 60; depth += 1) value = { a: value }
    expect(fits(doubling, value)).toBe('unknown')
    expect(fits({ $ref: '#' }, 1)).toBe('unknown')
    expect(fits({ $ref: 'https://example.com/elsewhere' }, 1)).toBe('unknown')
    let deep: JsonObject = {}
    for (let depth = 0; depth < 500; depth += 1) deep = { items: deep }
    expect(fits(deep, [])).toBe('unknown')
  })

  test('the schema of a client is left as it was', () => {
    const schema = Object.freeze({
      type: 'object',
      properties: Object.freeze({ a: Object.freeze({ pattern: 'x' }) }),
    })
    expect(fits(schema, { a: 'y' })).toBe('yes')
    expect(
      fits(
        { properties: JSON.parse('{"__proto__": {"type": "string"}}') as JsonObject },
        JSON.parse('{"__proto__": 1}') as JsonObject,
      ),
    ).toContain('type')
  })

  test('what is made by a schema fits it', () => {
    const leaf = fc.constantFrom<JsonObject>(
      { type: 'string', minLength: 2 },
      { type: 'integer', minimum: 3, maximum: 9 },
      { type: 'boolean' },
      { enum: ['a', 'b'] },
      { type: ['string', 'null'] },
    )
    const schemas = fc.letrec<{ any: JsonObject }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        leaf,
        tie('any').map((items) => ({ type: 'array', items, minItems: 1 })),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie('any'), { maxKeys: 3 }).map((properties) => ({
          type: 'object',
          properties,
          required: Object.keys(properties),
          additionalProperties: false,
        })),
      ),
    })).any
    fc.assert(
      fc.property(schemas, fc.integer(), (schema, seed) => {
        expect(fits(schema, toJsonInstance(schema, createSeededRandom(seed)))).toBe('yes')
      }),
      { numRuns: 60 },
    )
  })
})
