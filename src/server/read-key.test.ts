import { expect, test } from 'bun:test'
import { readPresentedKey } from './read-key.ts'

const keyOf = (headers: Record<string, string>, inQuery?: string): string | undefined =>
  readPresentedKey(new Headers(headers), inQuery)?.reveal()

const PRESENTED: readonly (readonly [Record<string, string>, string | undefined])[] = [
  [{ authorization: 'Bearer gh_a' }, 'gh_a'],
  [{ authorization: 'bearer  gh_a ' }, 'gh_a'],
  [{ authorization: 'Bearer Bearer gh_a' }, 'gh_a'],
  [{ authorization: 'gh_a' }, 'gh_a'],
  [{ authorization: 'Bearer "gh_a"' }, 'gh_a'],
  [{ authorization: 'Basic Z2hfYQ==' }, undefined],
  [{ 'x-api-key': 'gh_a' }, 'gh_a'],
  [{ 'x-goog-api-key': 'gh_a', authorization: 'Bearer sk-theirs' }, 'gh_a'],
  [{ 'api-key': 'sk-theirs', authorization: 'Bearer gh_a' }, 'gh_a'],
  [{ 'x-gatehouse-key': 'gh_a', authorization: 'Bearer gh_b' }, 'gh_a'],
  [{ authorization: 'Bearer sk-theirs' }, 'sk-theirs'],
  [{}, undefined],
]

test.each(PRESENTED.map(([headers, key]) => ({ headers, key })))(
  '$headers presents $key',
  ({ headers, key }) => {
    expect(keyOf(headers)).toBe(key)
  },
)

test('a key in the query counts where there is no other of ours', () => {
  expect(keyOf({}, 'gh_a')).toBe('gh_a')
  expect(keyOf({ authorization: 'Bearer gh_b' }, 'gh_a')).toBe('gh_b')
})
