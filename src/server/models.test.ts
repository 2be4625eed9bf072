import { describe, expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { findModel, modelList, modelRow, readModelsPath } from './models.ts'

const MODELS = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, ownedBy: 'x' }))

function page(query: string): string {
  const list = modelList(MODELS, new URLSearchParams(query)) as {
    data: { id: string }[]
    has_more: boolean
    first_id: string | null
    last_id: string | null
  }
  const ids = list.data.map(({ id }) => id).join('')
  expect([list.first_id, list.last_id]).toEqual([ids.at(0) ?? null, ids.at(-1) ?? null])
  return ids + (list.has_more ? '+' : '')
}

describe('the list of models', () => {
  test('comes whole to whoever asks for no pages', () => {
    expect(page('')).toBe('abcde')
    expect(page('beta=true')).toBe('abcde')
  })

  test.each([
    ['limit=2', 'ab+'],
    ['limit=2&after_id=b', 'cd+'],
    ['limit=2&after_id=d', 'e'],
    ['limit=5', 'abcde'],
    ['limit=1000', 'abcde'],
    ['after_id=c', 'de'],
    ['after_id=e', ''],
    ['limit=2&before_id=e', 'cd+'],
    ['limit=2&before_id=c', 'ab'],
    ['before_id=a', ''],
  ])('comes in pages: %s', (query, expected) => {
    expect(page(query)).toBe(expected)
  })

  test.each(['limit=0', 'limit=1001', 'limit=x', 'limit=', 'limit=-1', 'after_id=z', 'before_id='])(
    'refuses a page that cannot be: %s',
    (query) => {
      const refused = (): unknown => page(query)
      expect(refused).toThrow(Failure)
    },
  )
})

test('a model is found by its whole name, and a wrong one is answered with the nearest', () => {
  expect(readModelsPath('/v1/models/openai%2Fgpt')).toEqual({ wanted: 'openai/gpt' })
  expect(readModelsPath('/v1/models/openai/gpt')).toEqual({ wanted: 'openai/gpt' })
  expect(readModelsPath('/v1/models/%E0%A4%A')).toEqual({ wanted: '%E0%A4%A' })
  expect(readModelsPath('/models')).toEqual({})
  expect(readModelsPath('/v1/messages')).toBeUndefined()
  const models = ['smart', 'smarter', 'echo'].map((id) => ({ id, ownedBy: 'x' }))
  const allows = (model: string): boolean => model.startsWith('any-')
  expect(findModel(models, 'echo', allows).id).toBe('echo')
  expect(findModel(models, 'any-one', allows).id).toBe('any-one')
  let refused: unknown
  try {
    findModel(models, 'smrt', allows)
  } catch (thrown) {
    refused = thrown
  }
  expect(refused instanceof Failure && refused.details.nearest).toEqual(['smart', 'smarter'])
})

test('a model is shown with what is known of it, under the names by which clients look for it', () => {
  const facts = {
    contextTokens: 400_000,
    maxInputTokens: 272_000,
    maxOutputTokens: 128_000,
    vision: true,
    audioInput: false,
    retiresOn: '2027-07-24',
  }
  expect(modelRow({ id: 'smart', ownedBy: 'x', facts })).toMatchObject({
    context_window: 400_000,
    context_length: 400_000,
    max_input_tokens: 272_000,
    max_output_tokens: 128_000,
    max_tokens: 128_000,
    architecture: { input_modalities: ['text', 'image'] },
    deprecation_date: '2027-07-24',
  })
  const unknown = Object.keys(modelRow({ id: 'smart', ownedBy: 'x', facts: {} }))
  expect(unknown).toEqual(Object.keys(modelRow({ id: 'smart', ownedBy: 'x' })))
})
