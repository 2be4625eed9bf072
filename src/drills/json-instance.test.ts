import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { isObject, parseJson, type JsonObject } from '../kit/json.ts'
import { createSeededRandom } from '../kit/random.ts'
import { toJsonInstance } from './json-instance.ts'

/** The schema of a zod type and the instance made from it, over many seeds. */
function everyInstanceFits(type: z.ZodType): void {
  const schema = parseJson(JSON.stringify(z.toJSONSchema(type)))
  if (!isObject(schema)) throw new Error('not a schema')
  for (let seed = 0; seed < 50; seed += 1) {
    const instance = toJsonInstance(schema, createSeededRandom(seed))
    expect(type.safeParse(instance).error).toBeUndefined()
  }
}

describe('a JSON instance', () => {
  test('fits an ordinary object with nested arrays, enums and optional parts', () => {
    everyInstanceFits(
      z.strictObject({
        city: z.string().min(3).max(5),
        unit: z.enum(['celsius', 'fahrenheit']),
        days: z
          .array(z.strictObject({ day: z.int().min(1).max(7), rain: z.boolean() }))
          .min(2)
          .max(4),
        note: z.string().optional(),
        kind: z.literal('forecast'),
        wind: z.number().gt(0).lt(3),
        when: z.iso.datetime(),
        mail: z.email().nullable(),
      }),
    )
  })

  test('fits unions and intersections', () => {
    everyInstanceFits(z.union([z.strictObject({ a: z.int() }), z.string()]))
    everyInstanceFits(z.intersection(z.object({ a: z.string() }), z.object({ b: z.int().multipleOf(5) })))
  })

  test('fits a recursive schema and ends', () => {
    interface Tree {
      readonly name: string
      readonly children: readonly Tree[]
    }
    const tree: z.ZodType<Tree> = z.lazy(() => z.strictObject({ name: z.string(), children: z.array(tree) }))
    everyInstanceFits(tree)
  })

  test('follows references into $defs and survives references to nowhere', () => {
    const schema: JsonObject = {
      type: 'object',
      properties: { a: { $ref: '#/$defs/A' }, b: { $ref: '#/$defs/missing' } },
      required: ['a'],
      $defs: { A: { const: 7 } },
    }
    expect(toJsonInstance(schema, createSeededRandom(1))).toMatchObject({ a: 7 })
    expect(toJsonInstance({ $ref: '#' }, createSeededRandom(1))).toBeString()
  })

  test('is the same for the same seed', () => {
    const schema: JsonObject = { type: 'array', items: { type: 'number' }, minItems: 5 }
    expect(toJsonInstance(schema, createSeededRandom(3))).toEqual(
      toJsonInstance(schema, createSeededRandom(3)),
    )
  })
})
