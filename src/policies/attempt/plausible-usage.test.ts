import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import type { Capabilities } from '../../exchange/target.ts'
import { totalInput, totalOutput, type Usage } from '../../exchange/usage.ts'
import { scanJson } from '../../kit/json-scan.ts'
import { sampleChat, sampleTarget } from '../../routing/samples.fixture.ts'
import { sampleAttempt, sampleExchange, sampleUsage } from '../samples.fixture.ts'
import { believe, type Witness } from './plausible-usage.ts'

const SCAN = scanJson(new TextEncoder().encode('{}'))

interface Scene {
  readonly chat?: Partial<ChatRequest>
  readonly bytes?: number
  readonly capabilities?: Capabilities
  readonly elapsedMs?: number
  readonly deliveredBytes?: number
}

function witness({ chat, bytes = 0, capabilities = {}, elapsedMs = 0, deliveredBytes = 0 }: Scene): Witness {
  const request = sampleChat(chat)
  const exchange = sampleExchange({
    request,
    raw: { form: 'json', bytes: new Uint8Array(bytes), scan: SCAN, says: request },
  })
  const attempt = sampleAttempt({ ...sampleTarget('one/a'), capabilities }, { exchange })
  return { attempt, elapsedMs, deliveredBytes }
}

const media = (kind: 'image' | 'document', from: 'bytes' | 'url'): Block => ({
  type: 'media',
  kind,
  source:
    from === 'url' ? { from, url: 'https://example.com/x' } : { from, base64: 'AA==', mediaType: 'x/y' },
})
const said = (...blocks: Block[]): Partial<ChatRequest> => ({ turns: [{ role: 'user', blocks }] })

describe('what is believed, and is handed on as it is', () => {
  test.each<[string, Partial<Usage>, Scene]>([
    ['a token in every byte of a large request', { inputTokens: 1_000_000 }, { bytes: 1_000_000 }],
    [
      'an answer as long as the model gives where no limit was named',
      { outputTokens: 120_000 },
      { capabilities: { maxOutputTokens: 128_000 }, elapsedMs: 60_000 },
    ],
    ['a system prompt that the provider adds', { inputTokens: 10_000 }, {}],
    ['a large image of few bytes', { inputTokens: 50_000 }, { chat: said(media('image', 'bytes')) }],
    ['a long document behind an address', { inputTokens: 900_000 }, { chat: said(media('document', 'url')) }],
    [
      'what a tool of the provider has read',
      { inputTokens: 900_000, outputTokens: 30_000 },
      {
        chat: { maxOutputTokens: 8_000, tools: [{ type: 'hosted', family: 'f', name: 'search', raw: {} }] },
        elapsedMs: 60_000,
      },
    ],
    [
      'a document inside the result of a tool',
      { inputTokens: 900_000 },
      {
        chat: said({ type: 'tool-result', callId: 'c', isError: false, blocks: [media('document', 'url')] }),
      },
    ],
    [
      'all of the output that was allowed',
      { outputTokens: 64_000 },
      { chat: { maxOutputTokens: 64_000 }, elapsedMs: 600_000 },
    ],
    [
      'as much from each of several answers',
      { outputTokens: 40_000 },
      { chat: { maxOutputTokens: 8_000, choices: 5 }, elapsedMs: 60_000 },
    ],
    [
      'reasoning that is counted beside a low limit',
      { reasoningTokens: 3_000 },
      { chat: { maxOutputTokens: 64 } },
    ],
    [
      'input that members refer to which only some servers know',
      { inputTokens: 900_000 },
      { chat: { bearing: { inputTokens: 300_000 } } },
    ],
    [
      'output up to a longer limit that the request names for some servers only',
      { reasoningTokens: 50_000 },
      { chat: { maxOutputTokens: 64, bearing: { outputTokens: 50_000 } }, elapsedMs: 60_000 },
    ],
    [
      'output beyond the limit that was delivered',
      { outputTokens: 90_000 },
      { chat: { maxOutputTokens: 64 }, deliveredBytes: 400_000 },
    ],
    ['long output where no limit is known', { outputTokens: 60_000 }, { elapsedMs: 20_000 }],
  ])('%s', (_name, buckets, scene) => {
    const usage = sampleUsage(buckets)
    expect(believe(usage, witness(scene))).toBe(usage)
  })
})

describe('what is not believed', () => {
  const VAST = Number.MAX_SAFE_INTEGER

  test.each<[keyof Usage, 'input-beyond-request' | 'output-beyond-answer']>([
    ['inputTokens', 'input-beyond-request'],
    ['cacheReadTokens', 'input-beyond-request'],
    ['cacheWriteTokens', 'input-beyond-request'],
    ['cacheWriteLongTokens', 'input-beyond-request'],
    ['inputAudioTokens', 'input-beyond-request'],
    ['hiddenInputTokens', 'input-beyond-request'],
    ['outputTokens', 'output-beyond-answer'],
    ['reasoningTokens', 'output-beyond-answer'],
    ['outputAudioTokens', 'output-beyond-answer'],
    ['hiddenOutputTokens', 'output-beyond-answer'],
    ['webSearches', 'output-beyond-answer'],
  ])('a vast number of %s is cut down, even where everything is allowed', (bucket, anomaly) => {
    const open: Scene = {
      chat: {
        ...said(media('document', 'url')),
        tools: [{ type: 'hosted', family: 'f', name: 's', raw: {} }],
      },
      elapsedMs: 900_000,
    }
    const credible = believe(sampleUsage({ [bucket]: VAST }), witness(open))
    expect(credible).toMatchObject({ estimated: true, anomalies: [anomaly] })
    expect(credible[bucket] as number).toBeLessThan(1e9)
  })

  test('input is cut down to what the bytes can hold', () => {
    const credible = believe(sampleUsage({ inputTokens: 5_000_000 }), witness({ bytes: 10_000 }))
    expect(totalInput(credible)).toBeWithin(10_000, 40_000)
  })

  test('output is cut down to what was allowed, or to what time can explain', () => {
    const allowed = witness({ chat: { maxOutputTokens: 1_000 }, elapsedMs: 600_000 })
    expect(totalOutput(believe(sampleUsage({ outputTokens: 500_000 }), allowed))).toBeWithin(1_000, 6_000)
    const known = witness({ capabilities: { maxOutputTokens: 1_000 }, elapsedMs: 600_000 })
    expect(totalOutput(believe(sampleUsage({ outputTokens: 500_000 }), known))).toBeWithin(1_000, 6_000)
    const quick = witness({ elapsedMs: 100 })
    expect(totalOutput(believe(sampleUsage({ outputTokens: 500_000 }), quick))).toBeWithin(1_000, 40_000)
  })

  test('what was wrong before is still told', () => {
    const usage = sampleUsage({ inputTokens: VAST, anomalies: ['parts-mismatch'] })
    expect(believe(usage, witness({})).anomalies).toEqual(['parts-mismatch', 'input-beyond-request'])
  })
})
