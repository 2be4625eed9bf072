import { expect, test } from 'bun:test'
import { findProvider } from './all.ts'
import { anthropic } from './anthropic.ts'
import { factsAbout, TEXT_ONLY } from './model-facts.ts'
import { openai } from './openai.ts'

test.each([
  ['claude-3-haiku-20240307', { maxOutputTokens: 4_096, reasoning: 'none' }],
  ['claude-3-5-sonnet-latest', { maxOutputTokens: 8_192, reasoning: 'none' }],
  ['claude-3-7-sonnet-20250219', { reasoning: 'budget' }],
  ['claude-sonnet-4-20250514', { reasoning: 'budget' }],
  ['claude-opus-4-0', { reasoning: 'budget' }],
  ['claude-opus-4-1-20250805', { reasoning: 'budget' }],
  ['claude-sonnet-4-5', { reasoning: 'budget' }],
  ['claude-haiku-4-5-20251001', { reasoning: 'budget' }],
  ['claude-opus-4-5-20251101', { reasoning: 'budget' }],
  ['claude-opus-4-6', { reasoning: 'adaptive', prefill: false, efforts: ['low', 'medium', 'high', 'max'] }],
  ['claude-sonnet-4-6', { reasoning: 'adaptive', prefill: false, efforts: ['low', 'medium', 'high'] }],
  ['claude-opus-4-7', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['claude-opus-4-8', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['claude-opus-4-10', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['claude-sonnet-5-5', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['claude-of-tomorrow', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['m', {}],
] as const)('%s of Anthropic', (model, facts) => {
  expect(factsAbout(model, anthropic.models)?.capabilities ?? {}).toEqual(facts)
})

/** They make no vectors. */
const CONVERSES = { operations: ['chat', 'count-tokens'] } as const

test.each([
  ['text-embedding-3-small', { operations: ['embed'], contextTokens: 8_192 }],
  ['gpt-3.5-turbo-0125', { ...CONVERSES, ...TEXT_ONLY, maxOutputTokens: 4_096, reasoning: 'none' }],
  ['gpt-4', { ...CONVERSES, ...TEXT_ONLY, maxOutputTokens: 8_192, reasoning: 'none' }],
  ['gpt-4-0125-preview', { ...CONVERSES, ...TEXT_ONLY, maxOutputTokens: 4_096, reasoning: 'none' }],
  ['gpt-4-turbo', { ...CONVERSES, maxOutputTokens: 4_096, reasoning: 'none' }],
  ['gpt-4o-mini', { ...CONVERSES, maxOutputTokens: 16_384, reasoning: 'none' }],
  ['gpt-4.1-mini', { ...CONVERSES, reasoning: 'none' }],
  ['gpt-5-chat-latest', CONVERSES],
  [
    'o3-mini',
    { ...CONVERSES, ...TEXT_ONLY, reasoning: 'effort', sampling: false, efforts: ['low', 'medium', 'high'] },
  ],
  ['o3', { ...CONVERSES, reasoning: 'effort', sampling: false, efforts: ['low', 'medium', 'high'] }],
  [
    'gpt-5-mini',
    { ...CONVERSES, reasoning: 'effort', sampling: false, efforts: ['minimal', 'low', 'medium', 'high'] },
  ],
  ['gpt-5.2-pro', { ...CONVERSES, reasoning: 'effort', sampling: false }],
  ['gpt-oss-120b', {}],
  ['m', {}],
] as const)('%s of OpenAI', (model, facts) => {
  expect(factsAbout(model, openai.models)?.capabilities ?? {}).toEqual(facts)
})

test.each([
  ['gpt-5.1', 'unless-reasoning', undefined],
  ['gpt-5.2-2025-12-11', 'unless-reasoning', undefined],
  ['gpt-5.4', 'unless-reasoning', 'unnamed'],
  ['gpt-5.4-nano', 'unless-reasoning', 'unnamed'],
  ['gpt-5.5', false, 'none'],
  ['gpt-5.6', false, 'none'],
] as const)(
  '%s of OpenAI takes sampling: %s, and tools beside efforts: %s',
  (model, sampling, besideTools) => {
    const facts = factsAbout(model, openai.models)?.capabilities
    expect([facts?.sampling, facts?.effortBesideTools]).toEqual([sampling, besideTools])
  },
)

test.each([
  ['deepseek', 'deepseek-chat', true],
  ['deepseek', 'deepseek-v4-pro', true],
  ['deepseek', 'deepseek-v4-flash-vision-exp', false],
  ['deepseek', 'deepseek-of-tomorrow', false],
  ['groq', 'llama-3.3-70b-versatile', true],
  ['groq', 'meta-llama/llama-4-scout-17b-16e-instruct', false],
])('of %s, %s is known to read text alone: %s', (provider, model, isKnown) => {
  const facts = factsAbout(model, findProvider(provider)?.models)
  expect(facts?.capabilities.vision === false).toBe(isKnown)
})

test.each([
  ['grok-3', undefined],
  ['grok-4-fast-non-reasoning', undefined],
  ['grok-3-mini', ['presence_penalty', 'frequency_penalty', 'stop']],
  ['grok-4-0709', ['presence_penalty', 'frequency_penalty', 'stop']],
  ['grok-of-tomorrow', ['presence_penalty', 'frequency_penalty', 'stop']],
])('%s of xAI is not sent %p', (model, dropParams) => {
  expect(factsAbout(model, findProvider('xai')?.models)?.quirks?.dropParams).toEqual(dropParams)
})
