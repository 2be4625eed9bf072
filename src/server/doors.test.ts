import { describe, expect, test } from 'bun:test'
import { DIALECTS } from '../dialects/all.ts'
import { createDoors } from './doors.ts'

const doors = createDoors(DIALECTS)

/** The path of the door that a request is let in at, if any. */
function foundAt(path: string): string | undefined {
  return doors.find(path)?.endpoint.path
}

test.each([
  ['/v1/chat/completions', '/v1/chat/completions'],
  ['/chat/completions/', '/v1/chat/completions'],
  ['//v1//messages', '/v1/messages'],
  ['/openai/v1/chat/completions', '/v1/chat/completions'],
  ['/v1/v1/messages', '/v1/messages'],
  ['/v1/v1/messages/count_tokens', '/v1/messages/count_tokens'],
  ['/a/b/c/d/v1/messages', undefined],
  ['/v1/responses', undefined],
  ['/', undefined],
])('%s leads to %p', (path, door) => {
  expect(foundAt(path)).toBe(door)
})

describe('a model in the path', () => {
  test.each([
    ['/openai/deployments/gpt-4o/chat/completions', 'gpt-4o'],
    ['/openai/deployments/sim%2Fsmart/chat/completions', 'sim/smart'],
    ['/mount/openai/deployments/llama3%3A8b/chat/completions', 'llama3:8b'],
  ])('%s names %p', (path, model) => {
    expect(doors.find(path)).toMatchObject({ endpoint: { path: '/v1/chat/completions' }, model })
  })

  test('is named by no other path', () => {
    expect(doors.find('/openai/v1/chat/completions')?.model).toBeUndefined()
  })
})

describe('what was meant by a path that leads nowhere', () => {
  test.each([
    ['/v1/chat/completion', '/v1/chat/completions'],
    ['/v1/mesages', '/v1/messages'],
    ['/v1/modls', '/v1/models'],
    ['/a/b/c/d/v1/chat/completions', '/v1/chat/completions'],
    ['/v1/chat/completions/v1/messages', '/v1/messages'],
    ['/v1/messages/v1/chat/completions/v1/chat/completions', '/v1/chat/completions'],
  ])('%s: %p', (path, meant) => {
    expect(doors.nearest(path).meant).toBe(meant)
  })

  test.each([
    '/v1/files',
    '/v1/evals',
    '/v1/responses',
    '/v1/responses/input_tokens',
    '/v2/chat',
    '/v1/embeddings',
    '/',
  ])('another API is not taken for a slip of the pen: %s', (path) => {
    expect(doors.nearest(path).meant).toBeUndefined()
  })
})
