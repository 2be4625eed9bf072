import { expect, test } from 'bun:test'
import { loadListedFacts } from '../pricing/listed-facts.ts'
import { PROVIDERS } from './all.ts'
import { knownProvider } from './known-provider.fixture.ts'
import { endOf } from './retirements.ts'

const listedFacts = await loadListedFacts()

const endAt = (provider: string, model: string) => {
  const listed = listedFacts(knownProvider(provider), model)
  return { retiresOn: listed.retiresOn, ...endOf(model, knownProvider(provider), listed) }
}

test.each([
  ['openai', 'gpt-5', { retiresOn: '2026-12-11', successor: 'gpt-6.1-sol' }],
  ['openai', 'gpt-5-2025-08-07', { retiresOn: '2026-12-11', successor: 'gpt-6.1-sol' }],
  ['openai', 'gpt-4o', { retiresOn: '2027-01-14', successor: 'gpt-6-luna' }],
  ['openai', 'gpt-4o-2024-05-13', { retiresOn: '2026-10-23', successor: 'gpt-5.6-sol' }],
  ['openai', 'gpt-4.1-nano', { retiresOn: '2026-10-23', successor: 'gpt-5.6-luna' }],
  ['openai', 'gpt-5-pro', { retiresOn: '2026-12-11', successor: 'gpt-5.6-sol' }],
  // Of these a list alone knows the day.
  ['openai', 'chatgpt-4o-latest', { retiresOn: '2026-02-17' }],
  ['mistral', 'devstral-2512', { retiresOn: '2026-07-31' }],
  ['anthropic', 'claude-opus-4-5', { retiresOn: '2027-01-22', successor: 'claude-opus-5-5' }],
  ['anthropic', 'claude-sonnet-4-20250514', { retiresOn: '2026-06-15', successor: 'claude-sonnet-4-6' }],
  ['gemini', 'gemini-2.5-flash', { retiresOn: '2026-12-01', successor: 'gemini-3.5-flash-lite' }],
  ['groq', 'llama-3.3-70b-versatile', { retiresOn: '2026-08-16', successor: 'openai/gpt-oss-120b' }],
  // Where a list has the earliest day, nothing is announced.
  ['anthropic', 'claude-haiku-4-5', { retiresOn: '2026-10-15', retiresAtEarliest: true }],
  ['anthropic', 'claude-opus-4-10', { retiresOn: undefined }],
  ['gemini', 'gemini-2.5-flash-lite', { retiresOn: '2026-10-20', retiresAtEarliest: true }],
  ['openai', 'gpt-6-luna', { retiresOn: undefined }],
])('%s/%s ends so: %p', (provider, model, end) => {
  expect(endAt(provider, model)).toEqual(end)
})

test('no provider’s own default is announced to end', () => {
  const ending = PROVIDERS.flatMap(({ name, defaultModel }) => {
    if (defaultModel === undefined) return []
    const { retiresOn, retiresAtEarliest } = endAt(name, defaultModel)
    return retiresOn === undefined || retiresAtEarliest === true
      ? []
      : [`${name}/${defaultModel} on ${retiresOn}`]
  })
  expect(ending).toEqual([])
})
