import { describe, expect, test } from 'bun:test'
import { Secret } from '../kit/secret.ts'
import { knownProvider } from './known-provider.fixture.ts'
import { AddressError, placeOffers } from './place-offers.ts'
import { USUAL_TIMEOUTS } from './default-timeouts.ts'
import { resolveTarget, type TargetSettings } from './resolve-target.ts'
import { createWordDialect } from './word-dialect.fixture.ts'

const CHAT = createWordDialect({
  name: 'openai-chat',
  authentication: { header: 'authorization', prefix: 'Bearer ' },
})
const MESSAGES = createWordDialect({
  name: 'anthropic-messages',
  authentication: { header: 'x-api-key', prefix: '' },
})
const RESPONSES = createWordDialect({ name: 'openai-responses' })
const GEMINI = createWordDialect({
  name: 'gemini',
  authentication: { header: 'x-goog-api-key', prefix: '' },
})
const COHERE = createWordDialect({ name: 'cohere' })
const DIALECTS = new Map(
  [CHAT, MESSAGES, RESPONSES, GEMINI, COHERE].map((dialect) => [dialect.name, dialect]),
)

function resolve(name: string, changes: Partial<TargetSettings> = {}) {
  return resolveTarget({
    definition: knownProvider(name),
    providerName: name,
    model: 'some-model',
    credentials: [],
    dialects: DIALECTS,
    ...changes,
  })
}

const urls = (target: ReturnType<typeof resolve>): string[] => target.spoken.map((spoken) => spoken.baseUrl)

describe('a target', () => {
  test('has everything resolved', () => {
    const credentials = [{ id: 'mine/default', secret: new Secret('sk'), weight: 1 }]
    const target = resolve('deepseek', { providerName: 'mine', credentials, quirks: { maxTemperature: 1.5 } })
    expect(target.id).toBe('mine/some-model')
    expect(target.credentials).toEqual(credentials)
    expect(target.spoken).toMatchObject([
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.deepseek.com',
        auth: CHAT.authentication,
        quirks: { reasoningField: 'reasoning_content', maxTemperature: 1.5 },
      },
      {
        baseUrl: 'https://api.deepseek.com/anthropic/v1',
        auth: MESSAGES.authentication,
        quirks: { maxTemperature: 1.5 },
      },
    ])
    expect(target.simulated).toBe(false)
  })

  test('lets the operator’s quirks win over the table', () => {
    const [spoken] = resolve('mistral', { quirks: { streamOptions: true } }).spoken
    expect(spoken?.quirks).toMatchObject({ streamOptions: true, conformant: false })
  })

  test.each([
    ['gpt-5-pro', ['openai-responses']],
    ['gpt-5.3-codex', ['openai-responses']],
    ['o3-deep-research', ['openai-responses']],
    ['gpt-5', ['openai-chat', 'openai-responses']],
    ['my-codex', ['openai-chat', 'openai-responses']],
  ])('is asked only in those dialects in which its model can be: %s in %p', (model, dialects) => {
    expect(resolve('openai', { model }).spoken.map(({ dialect }) => dialect)).toEqual(dialects)
  })

  test('takes the offer’s own way of sending the credential', () => {
    expect(resolve('openrouter').spoken[1]?.auth).toEqual({ header: 'authorization', prefix: 'Bearer ' })
  })

  test('has a credential with an empty secret where none is needed', () => {
    const [credential] = resolve('ollama').credentials
    expect(credential?.id).toBe('ollama/none')
    expect(credential?.secret.reveal()).toBe('')
  })

  test('is told apart by its region', () => {
    expect(resolve('openai', { region: 'eu' })).toMatchObject({ id: 'openai/some-model@eu', region: 'eu' })
  })

  test('is marked when it is simulated', () => {
    const target = resolve('sim', { settings: { port: '4101' } })
    expect(target.simulated).toBe(true)
    expect(new Set(urls(target))).toEqual(
      new Set(['http://127.0.0.1:4101/v1', 'http://127.0.0.1:4101/v1beta', 'http://127.0.0.1:4101/v2']),
    )
  })

  test('waits as long as its model may think, unless told otherwise', () => {
    const patient = { firstByteMs: 300_000, idleMs: 300_000 }
    expect(resolve('openai', { capabilities: { reasoning: 'none' } }).timeouts).toEqual({
      ...USUAL_TIMEOUTS,
      elastic: true,
    })
    expect(resolve('openai').timeouts).toEqual({ ...USUAL_TIMEOUTS, reasoning: patient, elastic: true })
    expect(resolve('openai', { capabilities: { reasoning: 'effort' } }).timeouts).toMatchObject(patient)
    for (const own of ['ollama', 'sglang', 'tgi', 'openai-compatible']) {
      const settings = { base_url: 'http://127.0.0.1:9/v1' }
      expect(resolve(own, { settings }).timeouts).toMatchObject(patient)
    }
  })

  test('waits exactly as long as it is told, whatever its model may do', () => {
    const timeouts = { firstByteMs: 7, idleMs: 8, silenceMs: 9 }
    for (const reasoning of [undefined, 'none', 'effort'] as const) {
      const capabilities = reasoning === undefined ? {} : { reasoning }
      const settled = resolve('openai', { timeouts, capabilities }).timeouts
      expect(settled).toMatchObject({ ...timeouts, connectMs: 5_000 })
      expect(settled.elastic).toBeUndefined()
      if (settled.reasoning !== undefined) expect(settled.reasoning).toEqual({ firstByteMs: 7, idleMs: 8 })
    }
  })

  test('cannot be made for a dialect that nobody speaks', () => {
    expect(() => resolve('openai', { dialects: new Map() })).toThrow('there is no dialect openai-chat')
  })
})

describe('an address of the operator’s own', () => {
  test('moves all dialects of the server along', () => {
    expect(urls(resolve('vllm', { baseUrl: 'http://gpu-1:8000/v1/' }))).toEqual([
      'http://gpu-1:8000/v1',
      'http://gpu-1:8000/v1',
      'http://gpu-1:8000/v1',
    ])
    const google = ['https://proxy.example/g/v1beta', 'https://proxy.example/g/v1beta/openai']
    expect(urls(resolve('gemini', { baseUrl: google[0] ?? '' }))).toEqual(google)
    expect(urls(resolve('gemini', { baseUrl: google[1] ?? '' }))).toEqual(google.toReversed())
    expect(urls(resolve('deepseek', { baseUrl: 'https://proxy.example/ds' }))).toEqual([
      'https://proxy.example/ds',
      'https://proxy.example/ds/anthropic/v1',
    ])
  })

  test('leaves out a dialect that would stay at the vendor’s', () => {
    expect(urls(resolve('vllm', { baseUrl: 'https://proxy.example/openai' }))).toEqual([
      'https://proxy.example/openai',
    ])
  })

  test('may leave out the version where the provider’s own tools do', () => {
    for (const baseUrl of ['https://proxy.example', 'https://proxy.example/', 'https://proxy.example/v1']) {
      expect(urls(resolve('anthropic', { baseUrl }))).toEqual(['https://proxy.example/v1'])
    }
    expect(urls(resolve('openai', { baseUrl: 'https://proxy.example' }))).toEqual(['https://proxy.example'])
  })

  test('is required where the row has none', () => {
    expect(() => resolve('openai-compatible')).toThrow('needs the setting base_url')
    expect(urls(resolve('openai-compatible', { baseUrl: 'http://10.0.0.7/v1' }))).toEqual([
      'http://10.0.0.7/v1',
    ])
    expect(urls(resolve('openai-compatible', { settings: { base_url: 'http://10.0.0.7/v1/' } }))).toEqual([
      'http://10.0.0.7/v1',
    ])
  })

  test('takes a host with or without its scheme', () => {
    for (const host of ['dbc-1.cloud.databricks.com', 'https://dbc-1.cloud.databricks.com/']) {
      expect(urls(resolve('databricks', { settings: { host } }))).toEqual([
        'https://dbc-1.cloud.databricks.com/serving-endpoints',
      ])
    }
  })

  test.each([
    ['ftp://example.com', 'must begin with'],
    ['not a url', 'must begin with'],
    ['https://user:pass@example.com', 'user name or password'],
    ['https://example.com/v1?key=1', 'query'],
  ])('is refused as %s', (baseUrl, message) => {
    expect(() => placeOffers(knownProvider('openai'), { baseUrl, settings: {} })).toThrow(message)
    expect(() => placeOffers(knownProvider('openai'), { baseUrl, settings: {} })).toThrow(AddressError)
  })
})
