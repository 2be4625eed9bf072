import { describe, expect, test } from 'bun:test'
import { DIALECTS } from '../dialects/all.ts'
import { readPasted, type Pasted } from './read-pasted.ts'

const read = (body: object | string, pasted: Partial<Pasted> = {}) =>
  readPasted(
    {
      body: new TextEncoder().encode(typeof body === 'string' ? body : JSON.stringify(body)),
      headers: new Headers(),
      ...pasted,
    },
    DIALECTS,
  )

const messages = [{ role: 'user', content: 'hi' }]

describe('a request that is shown is read', () => {
  test.each<[object, string, string]>([
    [{ model: 'm', messages }, 'openai-chat', 'chat'],
    [{ model: 'm', messages, system: 'Be brief.', max_tokens: 9 }, 'anthropic-messages', 'chat'],
    [{ model: 'm', input: 'hi', max_output_tokens: 9 }, 'openai-responses', 'chat'],
    [{ model: 'm', input: ['a', 'b'], dimensions: 256 }, 'openai-chat', 'embed'],
    [{ model: 'm', query: 'a', documents: ['b'], top_n: 1 }, 'openai-chat', 'rerank'],
  ])('as the dialect that understands the most of it: %j', (body, dialect, operation) => {
    const { dialect: spoken, request } = read(body)
    expect([spoken, request.operation]).toEqual([dialect, operation])
  })

  test('by the dialect that is named, with the model where its path has it', () => {
    const body = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] }
    expect(read(body, { model: 'sim/smart' })).toMatchObject({
      dialect: 'gemini',
      request: { operation: 'chat', model: 'sim/smart' },
    })
    expect(() => read(body, { dialect: 'gemini' })).toThrow('The model has to be named')
  })

  test('with another model in the place of its own', () => {
    expect(read({ model: 'm', messages }, { model: 'other' }).request.model).toBe('other')
  })

  test('with what its body and its headers ask of the gateway', () => {
    const headers = new Headers({ 'x-gatehouse-tags': 'a,b', 'x-gatehouse-session': 's', 'x-tier': 'gold' })
    const { requestOptions, envelope } = read(
      { model: 'm', messages, gatehouse: { tags: ['c'] } },
      { headers },
    )
    expect(requestOptions).toEqual({ tags: ['c'], session: 's' })
    expect(envelope.header('X-Tier')).toBe('gold')
  })
})

describe('one that nobody can read is refused', () => {
  test.each<[object | string, Partial<Pasted>, string]>([
    ['', {}, 'empty'],
    ['{"model":1', {}, 'not valid JSON'],
    [{ model: 'm' }, {}, 'No dialect understands the request. As openai-chat: `messages`'],
    [{ model: 'm', messages }, { dialect: 'openai-chta' }, 'Did you mean openai-chat?'],
    [{ model: 'm', messages }, { dialect: 'cohere', operation: 'moderate' }, 'cohere cannot say moderate'],
    [{ model: 'm', messages }, { headers: new Headers({ 'x-gatehouse-tgas': 'a' }) }, "'x-gatehouse-tags'"],
  ])('%j %j', (body, pasted, message) => {
    expect(() => read(body, pasted)).toThrow(message)
  })
})
