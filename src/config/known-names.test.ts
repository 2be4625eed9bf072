import { expect, test } from 'bun:test'
import { compileText } from './compile.fixture.ts'

const names = (routes: string): readonly string[] => {
  const { plan } = compileText(`providers: { anthropic: { key: env:K } }\nroutes: { ${routes} }\n`, {
    environment: { K: 'k' },
  })
  const ids = plan?.models.map(({ id }) => id) ?? []
  return ids.filter((id) => !id.includes('/') && id !== 'auto')
}

test('behind a wildcard stand the models that the catalogue knows, under the names that lead there', () => {
  expect(names("'claude-*': [anthropic/claude-*]")).toEqual(['claude-one', 'claude-two'])
  expect(names("'my-*': [anthropic/claude-*]")).toEqual(['my-one', 'my-two'])
  expect(names("'my-*': [anthropic/*]")).toEqual(['my-claude-one', 'my-claude-two', 'my-other'])
})

test('behind one that leads to a single model stand the names that clients know', () => {
  expect(names("'claude-*': [anthropic/claude-one]")).toEqual(['claude-one', 'claude-two'])
})

test('a route of its own is listed once, and what nobody knows not at all', () => {
  expect(names("'claude-*': [anthropic/claude-*], claude-one: [anthropic/other]")).toEqual([
    'claude-one',
    'claude-two',
  ])
  expect(names("'gpt-*': [anthropic/gpt-*]")).toEqual([])
})
