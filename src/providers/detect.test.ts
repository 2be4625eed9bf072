import { describe, expect, test } from 'bun:test'
import type { JsonObject } from '../kit/json.ts'
import { PROVIDERS } from './all.ts'
import { detectProviders } from './detect.ts'

function detect(
  environment: Record<string, string>,
  answers: Record<string, JsonObject> = {},
  ownOrigins: string[] = ['http://127.0.0.1:4100'],
) {
  const asked: string[] = []
  const found = detectProviders({
    definitions: PROVIDERS,
    environment,
    ownOrigins,
    async probe(url, timeoutMs) {
      asked.push(`${url} ${timeoutMs}`)
      return answers[url]
    },
  })
  return { asked, found }
}

const list = (ownedBy: string, ...ids: string[]): JsonObject => ({
  object: 'list',
  data: ids.map((id) => ({ id, object: 'model', owned_by: ownedBy })),
})

describe('the environment', () => {
  test('tells providers by their key variables, and where they were found', async () => {
    const found = await detect({ ANTHROPIC_API_KEY: 'sk-ant-1 ', TOGETHERAI_API_KEY: 'tg' }).found
    expect(found.map(({ name, from }) => [name, from])).toEqual([
      ['anthropic', 'ANTHROPIC_API_KEY'],
      ['together', 'TOGETHERAI_API_KEY'],
    ])
    expect(found[0]?.secret?.reveal()).toBe('sk-ant-1')
    expect(JSON.stringify(found)).not.toContain('sk-ant-1')
  })

  test('takes no empty variable for a key', async () => {
    expect(await detect({ OPENAI_API_KEY: ' ', MISTRAL_API_KEY: '' }).found).toEqual([])
  })

  test('says aloud when a variable takes a key to another host', async () => {
    const [provider] = await detect({ OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: 'http://relay.example:81/v1' })
      .found
    expect(provider?.diversion).toBe(
      'OPENAI_BASE_URL sends the key of OPENAI_API_KEY to relay.example:81 instead of api.openai.com.',
    )
  })

  test.each([
    'https://eu.api.openai.com/v1',
    'https://api.openai.com',
    'https://api.openai.com.evil.example/v1',
  ])('tells another host from a region of the same one: %s', async (address) => {
    const [provider] = await detect({ OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: address }).found
    expect(provider?.diversion !== undefined).toBe(address.includes('evil'))
  })

  test('gives the address when it differs', async () => {
    const environment = { OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: 'https://eu.api.openai.com/v1/' }
    expect(await detect(environment).found).toMatchObject([
      { name: 'openai', from: 'OPENAI_API_KEY, OPENAI_BASE_URL', baseUrl: 'https://eu.api.openai.com/v1' },
    ])
  })

  test.each([
    'http://127.0.0.1:4100/v1',
    'http://localhost:4100/v1',
    'http://[::1]:4100',
    'http://0.0.0.0:4100',
  ])('does not lead back to ourselves at %s', async (address) => {
    const [provider] = await detect({ OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: address }).found
    expect(provider).toEqual({ name: 'openai', from: 'OPENAI_API_KEY', secret: expect.anything() })
  })

  test('completes an address from its parts, and leaves out a provider whose parts are missing', async () => {
    const token = { CLOUDFLARE_API_TOKEN: 'cf' }
    expect(await detect(token).found).toEqual([])
    expect(await detect({ ...token, CLOUDFLARE_ACCOUNT_ID: 'abc123' }).found).toMatchObject([
      {
        name: 'cloudflare',
        from: 'CLOUDFLARE_API_TOKEN, CLOUDFLARE_ACCOUNT_ID',
        baseUrl: 'https://api.cloudflare.com/client/v4/accounts/abc123/ai/v1',
      },
    ])
  })

  test('finds a server without a key by its address', async () => {
    const { found } = detect({ VLLM_BASE_URL: 'http://gpu-1:8000/v1' })
    expect(await found).toEqual([{ name: 'vllm', from: 'VLLM_BASE_URL', baseUrl: 'http://gpu-1:8000/v1' }])
  })

  test('ignores an address that is none', async () => {
    expect(await detect({ OPENAI_API_KEY: 'sk', OPENAI_BASE_URL: 'nonsense' }).found).toEqual([])
  })
})

describe('this machine', () => {
  test('is asked on the ports of the four engines, for no longer than the cap', async () => {
    const { asked, found } = detect({})
    expect(await found).toEqual([])
    expect(asked.sort()).toEqual([
      'http://127.0.0.1:11434/v1/models 150',
      'http://127.0.0.1:1234/v1/models 150',
      'http://127.0.0.1:8000/v1/models 150',
      'http://127.0.0.1:8080/v1/models 150',
    ])
  })

  test('tells engines with the names of their models', async () => {
    const { found } = detect(
      {},
      { 'http://127.0.0.1:11434/v1/models': list('library', 'qwen3:8b', 'gemma3') },
    )
    expect(await found).toEqual([{ name: 'ollama', from: '127.0.0.1:11434', models: ['qwen3:8b', 'gemma3'] }])
  })

  test('takes no other server on a common port for an engine', async () => {
    const { found } = detect(
      {},
      {
        'http://127.0.0.1:8000/v1/models': list('somebody', 'x'),
        'http://127.0.0.1:8080/v1/models': { status: 'ok' },
      },
    )
    expect(await found).toEqual([])
  })

  test('is not asked where we listen ourselves', async () => {
    expect(detect({}, {}, ['http://0.0.0.0:8080']).asked.join()).not.toContain(':8080')
  })
})
