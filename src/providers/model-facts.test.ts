import { expect, test } from 'bun:test'
import { anthropic } from './anthropic.ts'
import { knownProvider } from './known-provider.fixture.ts'
import { factsAbout, factsNamed, SILENT, TEXT_ONLY } from './model-facts.ts'
import { openai } from './openai.ts'

test.each([
  ['claude-3-haiku-20240307', { maxOutputTokens: 4_096, reasoning: 'none', prefill: true }],
  ['claude-3-5-sonnet-latest', { maxOutputTokens: 8_192, reasoning: 'none', prefill: true }],
  ['claude-3-7-sonnet-20250219', { reasoning: 'budget', prefill: true }],
  ['claude-sonnet-4-20250514', { reasoning: 'budget', prefill: true }],
  ['claude-opus-4-0', { reasoning: 'budget', prefill: true }],
  ['claude-opus-4-1-20250805', { reasoning: 'budget', prefill: true }],
  ['claude-sonnet-4-5', { reasoning: 'budget', prefill: true }],
  ['claude-haiku-4-5-20251001', { reasoning: 'budget', prefill: true }],
  ['claude-opus-4-5-20251101', { reasoning: 'budget', prefill: true }],
  ['claude-opus-4-6', { reasoning: 'adaptive', prefill: false, efforts: ['low', 'medium', 'high', 'max'] }],
  ['claude-sonnet-4-6', { reasoning: 'adaptive', prefill: false, efforts: ['low', 'medium', 'high'] }],
  ['claude-opus-4-7', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['claude-opus-4-8', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['claude-opus-4-10', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['claude-sonnet-5-5', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['claude-of-tomorrow', { reasoning: 'adaptive', prefill: false, sampling: false }],
  ['m', {}],
] as const)('%s of Anthropic', (model, facts) => {
  const known = factsAbout(model, anthropic.models)?.capabilities ?? {}
  expect(known).toEqual('reasoning' in facts ? { ...SILENT, ...facts } : facts)
})

/** They make no vectors. */
const CONVERSES = { operations: ['chat', 'count-tokens'], ...SILENT } as const

test.each([
  ['text-embedding-3-small', { operations: ['embed'], contextTokens: 8_192, ...TEXT_ONLY }],
  ['whisper-1', { operations: [] }],
  ['gpt-4o-transcribe', { operations: [] }],
  ['gpt-4o-mini-tts', { operations: [] }],
  ['gpt-4o-realtime-preview', { operations: [] }],
  ['gpt-image-1.5', { operations: [] }],
  ['gpt-3.5-turbo-instruct', { operations: [] }],
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
  ['cohere', 'command-r7b-12-2024', true],
  ['cohere', 'command-a-03-2025', true],
  ['cohere', 'command-a-vision-07-2025', false],
  ['cohere', 'command-a-plus', false],
  ['mistral', 'codestral-latest', true],
  ['mistral', 'devstral-2512', false],
  ['mistral', 'magistral-medium-2509', false],
  ['moonshot', 'moonshot-v1-32k', true],
  ['moonshot', 'moonshot-v1-32k-vision-preview', false],
  ['openai', 'gpt-audio-mini', true],
  ['openai', 'gpt-4o-mini', false],
])('of %s, %s is known not to see: %s', (provider, model, isKnown) => {
  const facts = factsAbout(model, knownProvider(provider).models)
  expect(facts?.capabilities.vision === false).toBe(isKnown)
})

test.each([
  'openai/gpt-oss-120b',
  'llama-3.3-70b-versatile',
  'llama3.3:70b',
  'llama3:8b',
  'accounts/fireworks/models/llama-v3p3-70b-instruct',
  'meta-llama/Meta-Llama-3.1-405B-Instruct',
  'deepseek-ai/DeepSeek-V3.1',
  'deepseek-r1-distill-llama-70b',
  'qwen/qwen3-32b',
  'qwen3:8b',
  'Qwen/Qwen3-Coder-480B-A35B-Instruct',
  'moonshotai/Kimi-K2-Instruct-0905',
  'zai-org/GLM-4.6',
  'mistralai/Mixtral-8x7B-Instruct-v0.1',
])('%s reads text alone, whoever serves it', (model) => {
  expect(factsNamed(model)).toMatchObject({ vision: false, documents: false, audioInput: false })
})

test.each([
  'llama-3.2-90b-vision-preview',
  'nvidia/llama-3.1-nemotron-nano-vl-8b-v1',
  'meta-llama/llama-4-scout-17b-16e-instruct',
  'Qwen/Qwen3-VL-235B-A22B-Instruct',
  'qwen/qwen3.6-27b',
  'kimi-k2.5',
  'kimi-k3',
  'glm-4.5v',
  'mistral-small-latest',
  'gpt-4o',
])('%s is not taken for one that does', (model) => {
  expect(factsNamed(model)).toEqual({})
})

test.each([
  ['grok-3', undefined],
  ['grok-4-fast-non-reasoning', undefined],
  ['grok-3-mini', ['presence_penalty', 'frequency_penalty', 'stop']],
  ['grok-4-0709', ['presence_penalty', 'frequency_penalty', 'stop']],
  ['grok-of-tomorrow', ['presence_penalty', 'frequency_penalty', 'stop']],
])('%s of xAI is not sent %p', (model, dropParams) => {
  expect(factsAbout(model, knownProvider('xai').models)?.quirks?.dropParams).toEqual(dropParams)
})

test.each([
  ['mistral', 'mistral-small-latest', true],
  ['mistral', 'codestral-latest', true],
  ['mistral', 'mistral-embed', undefined],
  ['moonshot', 'moonshot-v1-8k', true],
  ['moonshot', 'kimi-k2-0905-preview', true],
  ['moonshot', 'kimi-k2-thinking', undefined],
  ['openai', 'gpt-4.1', undefined],
] as const)('%s: %s takes the beginning of an answer: %p', (provider, model, prefill) => {
  expect(factsAbout(model, knownProvider(provider).models)?.capabilities.prefill).toBe(prefill)
})
