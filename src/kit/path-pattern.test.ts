import { describe, expect, test } from 'bun:test'
import { cpuMsOf } from './cpu-time.fixture.ts'
import { createPathPattern, decodePathPart } from './path-pattern.ts'

describe('a pattern of paths', () => {
  test.each([
    ['/models/{+model}:stream', '/models/a:stream', { model: 'a' }],
    ['/models/{+model}:stream', '/v1/models/tuned/a%2Fb:stream', { model: 'tuned/a/b' }],
    ['/models/{+model}:stream', '/models/llama3:8b:stream', { model: 'llama3:8b' }],
    ['/models/{+model}:stream', '/models/a:other', undefined],
    ['/models/{+model}:stream', '/models/:stream', undefined],
    ['/responses/{id}', '/v1/responses/r_1', { id: 'r_1' }],
    ['/responses/{id}', '/v1/responses/r_1/items', undefined],
    ['/responses/{id}/input_items', '/responses/r_1/input_items', { id: 'r_1' }],
    ['/a.b', '/axb', undefined],
    ['/a.b/{id}', '/axb/1', undefined],
    ['/chat/completions', '/v1/chat/completions', {}],
  ])('%s in %s holds %j', (pattern, path, params) => {
    const match = createPathPattern(pattern)(path)
    expect(match === undefined ? undefined : { ...match.params }).toEqual(params)
  })

  test('tells what stands before it, and takes the shorter of two', () => {
    const pattern = createPathPattern('/models/{+model}:stream')
    expect(pattern('/v1/models/models/a:stream')).toEqual({ prefix: '/v1', params: { model: 'models/a' } })
  })

  test('is matched in no time, whatever the path', () => {
    const pattern = createPathPattern('/models/{+model}:stream')
    const path = '/models/'.repeat(2_000)
    expect(cpuMsOf(() => expect(pattern(path)).toBeUndefined())).toBeLessThan(500)
  })
})

test('a part of a path that is badly encoded stands for itself', () => {
  expect(decodePathPart('a%20b')).toBe('a b')
  expect(decodePathPart('100%')).toBe('100%')
})
