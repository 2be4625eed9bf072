import { describe, expect, test } from 'bun:test'
import { sampleExchange } from '../../policies/samples.fixture.ts'
import { askAbout, type Case } from './ask-hook.fixture.ts'
import type { Letter } from './letter.ts'

const ask = (asked: Case) => askAbout(asked, sampleExchange())

const bodyOf = (letter: Letter | undefined): unknown => JSON.parse(letter?.body ?? '')

describe('how servers are asked, as their documents say', () => {
  test('Presidio: one text at a time, several of a request joined', async () => {
    const { letters } = await ask({
      type: 'presidio',
      options: { language: 'de', entities: ['PERSON'], threshold: 0.6, key: 'env:KEY' },
      texts: ['Ana', ' ', 'Bo', 'Ana'],
      answers: [[]],
    })
    expect(letters).toHaveLength(1)
    expect(letters[0]?.url).toBe('https://guard.example/analyze')
    expect(letters[0]?.headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer key-1' })
    expect(bodyOf(letters[0])).toEqual({
      text: 'Ana\n\nBo',
      language: 'de',
      entities: ['PERSON'],
      score_threshold: 0.6,
    })
  })

  test('Lakera: one message of whoever speaks', async () => {
    const asked = (phase: 'input' | 'output') =>
      ask({
        type: 'lakera',
        options: { key: 'env:KEY', project_id: 'project-1' },
        texts: ['hello'],
        phase,
        answers: [{ flagged: false }],
      })
    const { letters, finding } = await asked('input')
    expect(letters[0]?.url).toBe('https://api.lakera.ai/v2/guard')
    expect(letters[0]?.headers['authorization']).toBe('Bearer key-1')
    expect(bodyOf(letters[0])).toEqual({
      messages: [{ role: 'user', content: 'hello' }],
      project_id: 'project-1',
      payload: true,
      breakdown: true,
    })
    expect(finding).toEqual({})
    expect(bodyOf((await asked('output')).letters[0])).toMatchObject({ messages: [{ role: 'assistant' }] })
  })

  test('Azure: harm, and attacks in what is asked; what is longer than a call takes is cut, and nothing at the cut is lost', async () => {
    const options = { key: 'env:KEY', categories: ['Hate'], blocklists: ['names'] }
    const harmless = { categoriesAnalysis: [{ category: 'Hate', severity: 0 }], blocklistsMatch: [] }
    const attack = { userPromptAnalysis: { attackDetected: false }, documentsAnalysis: [] }
    const text = `${'😀'.repeat(4_999)}x SECRET ${'y'.repeat(5_000)}`
    const { letters } = await ask({
      type: 'azure',
      options,
      texts: [text],
      answers: [harmless, harmless, attack],
    })
    expect(letters.map(({ url }) => url)).toEqual([
      ...Array(2).fill('https://guard.example/contentsafety/text:analyze?api-version=2024-09-01'),
      ...Array(2).fill('https://guard.example/contentsafety/text:shieldPrompt?api-version=2024-09-01'),
    ])
    expect(letters[0]?.headers['ocp-apim-subscription-key']).toBe('key-1')
    const [one, other, prompt] = letters.map((letter) => bodyOf(letter) as Record<string, string>)
    expect(one).toMatchObject({
      categories: ['Hate'],
      blocklistNames: ['names'],
      outputType: 'FourSeverityLevels',
    })
    expect(prompt).toEqual({ userPrompt: one?.['text'] ?? '', documents: [] as never })
    for (const part of [one, other])
      expect(Array.from(part?.['text'] ?? '').length).toBeLessThanOrEqual(10_000)
    expect([one, other].some((part) => part?.['text']?.includes('x SECRET y'))).toBe(true)
    const answered = await ask({
      type: 'azure',
      options,
      texts: ['hello'],
      phase: 'output',
      answers: [harmless],
    })
    expect(answered.letters).toHaveLength(1)
  })

  test('Bedrock: signed, or with a key; an ARN is one part of the address', async () => {
    const nothing = { action: 'NONE', assessments: [] }
    const arn = 'arn:aws:bedrock:eu-central-1:123456789012:guardrail/abc1'
    const common = { region: 'eu-central-1', guardrail: arn, version: '3' }
    const { letters } = await ask({
      type: 'bedrock',
      options: { ...common, access_key: 'env:KEY', secret_key: 'env:KEY' },
      texts: ['one', 'two'],
      answers: [nothing],
    })
    expect(letters[0]?.url).toBe(
      'https://bedrock-runtime.eu-central-1.amazonaws.com/guardrail/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Aguardrail%2Fabc1/version/3/apply',
    )
    expect(bodyOf(letters[0])).toEqual({
      source: 'INPUT',
      content: [{ text: { text: 'one' } }, { text: { text: 'two' } }],
    })
    expect(letters[0]?.proof).toMatchObject({
      by: 'aws',
      signer: { service: 'bedrock', region: 'eu-central-1' },
    })
    const keyed = await ask({
      type: 'bedrock',
      options: { ...common, key: 'env:KEY' },
      texts: ['one'],
      phase: 'output',
      answers: [nothing],
    })
    expect(keyed.letters[0]?.proof).toBeUndefined()
    expect(keyed.letters[0]?.headers['authorization']).toBe('Bearer key-1')
    expect(bodyOf(keyed.letters[0])).toMatchObject({ source: 'OUTPUT' })
  })

  test('ours: texts, and whose request it is', async () => {
    const { letters } = await ask({
      type: 'generic',
      options: { secret: 'env:SIGNING' },
      texts: ['one', 'two'],
      answers: [{ found: [] }],
    })
    expect(bodyOf(letters[0])).toMatchObject({
      type: 'guardrail.check',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: { guardrail: 'guard', phase: 'input', request: { id: 'req_1' }, texts: ['one', 'two'] },
    })
    expect(letters[0]?.proof).toEqual({ by: 'webhook', key: Buffer.alloc(32, 7) })
  })

  test('LiteLLM: its path, whether it is written or not', async () => {
    const asked = { type: 'litellm', texts: ['one'], answers: [{ action: 'NONE' }] }
    const { letters } = await ask({ ...asked, options: { key: 'env:KEY' } })
    expect(letters[0]?.url).toBe('https://guard.example/beta/litellm_basic_guardrail_api')
    expect(letters[0]?.headers['x-api-key']).toBe('key-1')
    expect(bodyOf(letters[0])).toMatchObject({
      texts: ['one'],
      input_type: 'request',
      litellm_call_id: 'req_1',
    })
    const again = await ask({ ...asked, options: { url: letters[0]?.url } })
    expect(again.letters[0]?.url).toBe(letters[0]?.url ?? '')
  })
})
