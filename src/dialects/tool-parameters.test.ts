import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../kit/json.ts'
import { lowerParameters } from './tool-parameters.ts'

describe('the schema of a tool', () => {
  test.each<[string, JsonObject | undefined, JsonObject]>([
    ['that is absent is that of no arguments', undefined, { type: 'object', properties: {} }],
    ['that is empty is that of no arguments', {}, { type: 'object', properties: {} }],
    ['without properties gets none', { type: 'object' }, { type: 'object', properties: {} }],
    [
      'without a type is one of an object',
      { properties: { a: {} } },
      { type: 'object', properties: { a: {} } },
    ],
    [
      'with null for properties gets none',
      { type: 'object', properties: null, additionalProperties: true },
      { type: 'object', properties: {}, additionalProperties: true },
    ],
  ])('%s', (_what, parameters, schema) => {
    expect(lowerParameters(parameters)).toEqual({ schema, changed: false })
  })

  test('that is whole stays the object that it is', () => {
    const parameters: JsonObject = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
    expect(lowerParameters(parameters).schema).toBe(parameters)
  })

  test('with alternatives at the root is folded to one of all their properties', () => {
    const variants = [
      { type: 'object', properties: { a: { type: 'string' }, k: {} }, required: ['k', 'a'] },
      { type: 'object', properties: { b: { type: 'number' }, k: {} }, required: ['k', 'b'] },
    ]
    expect(lowerParameters({ anyOf: variants })).toEqual({
      schema: {
        type: 'object',
        properties: { a: { type: 'string' }, b: { type: 'number' }, k: {} },
        required: ['k'],
      },
      changed: true,
    })
  })
})
