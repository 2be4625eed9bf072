import { expect, test } from 'bun:test'
import { parse } from 'yaml'
import type { Json } from '../kit/json.ts'
import { changesBetween, tellChange } from './changes.ts'
import { configSchema } from './schema.ts'
import { configJsonSchema } from './schema-names.ts'
import type { ConfigSide } from './show-setting.ts'

function sideOf(guardrail: string): ConfigSide {
  const written: Json = parse(`guardrails: { a: { ${guardrail}, action: flag } }`)
  return { written, config: configSchema.parse(written) }
}

test.each([
  [
    'injection: { sensitivity: low }',
    'injection: { sensitivity: high }',
    'injection.sensitivity is now high instead of low',
  ],
  ['detect: [card]', 'detect: [card, iban]', 'detect is now card, iban instead of card'],
  ['terms: { words: [Blue] }', 'terms: { words: [Red] }', 'terms.words is now Red instead of Blue'],
  ['detect: [card]', 'terms: { words: [Red] }', 'detect is no longer card; terms.words is now Red'],
])('what a guardrail looks for is told when it changes: %s → %s', (before, after, told) => {
  const changes = changesBetween(sideOf(before), sideOf(after), configJsonSchema())
  expect(changes.map(tellChange)).toEqual([`guardrail a: ${told}`])
})
