import { describe, expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { findModel, modelList, modelRow, readModelsPath } from './models.ts'

const MODELS = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, ownedBy: 'x' }))

const METHODS = new Map([
  ['chat', ['write', 'stream']],
  ['count-tokens', ['count']],
  ['embed', ['embed']],
] as const)

function page(query: string): string {
  const list = modelList(MODELS, new URLSearchParams(query), METHODS) as {
    data: { id: string }[]
    has_more: boolean
    first_id: string | null
    last_id: string | null
    nextPageToken?: string
  }
  if (!query.includes('before')) expect(list.nextPageToken ?? null).toBe(list.has_more ? list.last_id : null)
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
    ['pageSize=2', 'ab+'],
    ['pageSize=2&pageToken=b', 'cd+'],
    ['pageSize=2&pageToken=d', 'e'],
  ])('comes in pages: %s', (query, expected) => {
    expect(page(query)).toBe(expected)
  })

  test.each([
    'limit=0',
    'limit=1001',
    'limit=x',
    'limit=',
    'limit=-1',
    'after_id=z',
    'before_id=',
    'pageSize=0',
    'pageToken=z',
  ])('refuses a page that cannot be: %s', (query) => {
    const refused = (): unknown => page(query)
    expect(refused).toThrow(Failure)
  })
})

test('a model is found by its whole name, and a wrong one is answered with the nearest', () => {
  expect(readModelsPath('/v1/models/openai%2Fgpt')).toEqual({ wanted: 'openai/gpt' })
  expect(readModelsPath('/v1/models/openai/gpt')).toEqual({ wanted: 'openai/gpt' })
  expect(readModelsPath('/v1/models/%E0%A4%A')).toEqual({ wanted: '%E0%A4%A' })
  expect(readModelsPath('/models')).toEqual({})
  expect(readModelsPath('/v1/messages')).toBeUndefined()
  const models = ['smart', 'smarter', 'echo'].map((id) => ({ id, ownedBy: 'x' }))
  const unlisted = (id: string) => (id.startsWith('any-') ? { id, ownedBy: 'y' } : undefined)
  expect(findModel(models, 'echo', unlisted).id).toBe('echo')
  expect(findModel(models, 'any-one', unlisted).id).toBe('any-one')
  let refused: unknown
  try {
    findModel(models, 'smrt', unlisted)
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
    audioOutput: true,
    retiresOn: '2027-07-24',
    reasoning: 'effort',
  } as const
  expect(modelRow({ id: 'smart', ownedBy: 'x', facts }, METHODS)).toMatchObject({
    name: 'models/smart',
    inputTokenLimit: 272_000,
    outputTokenLimit: 128_000,
    thinking: true,
    supportedGenerationMethods: ['write', 'stream', 'count'],
    context_window: 400_000,
    context_length: 400_000,
    max_input_tokens: 272_000,
    max_output_tokens: 128_000,
    max_tokens: 128_000,
    architecture: { input_modalities: ['text', 'image'], output_modalities: ['text', 'audio'] },
    deprecation_date: '2027-07-24',
  })
  const unknown = Object.keys(modelRow({ id: 'smart', ownedBy: 'x', facts: {} }, METHODS))
  expect(unknown).toEqual(Object.keys(modelRow({ id: 'smart', ownedBy: 'x' }, METHODS)))
  const embedder = modelRow({ id: 'e', ownedBy: 'x', facts: { operations: ['embed'] } }, METHODS)
  expect(embedder['supportedGenerationMethods']).toEqual(['embed'])
})
