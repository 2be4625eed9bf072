import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from './chat.ts'
import type { MediaBlock } from './content.ts'
import { featuresOf } from './operations/all.ts'

function sampleChat(changes: Partial<ChatRequest> = {}): ChatRequest {
  const turns = [{ role: 'user', blocks: [{ type: 'text', text: 'How tall is the tower?' }] }] as const
  return { operation: 'chat', model: 'sample', turns, stream: true, wantsUsage: true, ...changes }
}

describe('features of a request', () => {
  test('a plain conversation needs nothing special', () => {
    expect(featuresOf(sampleChat())).toMatchObject({
      tools: false,
      vision: false,
      documents: false,
      audio: false,
      jsonSchema: false,
      cacheWrites: false,
      choices: 1,
    })
  })

  test('media are found inside the results of tools too', () => {
    const image = {
      type: 'media',
      kind: 'image',
      source: { from: 'url', url: 'https://example.com/a.png' },
    } as const
    const nested = { type: 'tool-result', callId: '1', isError: false, blocks: [image] } as const
    expect(featuresOf(sampleChat({ turns: [{ role: 'user', blocks: [nested] }] })).vision).toBe(true)
  })

  test('documents and audio are told apart', () => {
    const source = { from: 'bytes', base64: 'AAAA', mediaType: 'application/octet-stream' } as const
    const blocks = [
      { type: 'media', kind: 'document', source },
      { type: 'media', kind: 'audio', source },
    ] as const
    expect(featuresOf(sampleChat({ turns: [{ role: 'user', blocks }] }))).toMatchObject({
      vision: false,
      documents: true,
      audio: true,
    })
  })

  test('what lies elsewhere may be larger than its estimate, what is here may not', () => {
    const further = (block: MediaBlock) =>
      featuresOf(sampleChat({ turns: [{ role: 'user', blocks: [block] }] })).furtherInputTokens
    const url = { from: 'url', url: 'https://example.com/a' } as const
    const file = { from: 'file', family: 'f', fileId: '1' } as const
    const text = { from: 'text', text: 'Here.' } as const
    expect(further({ type: 'media', kind: 'document', source: url })).toBeGreaterThan(200_000)
    expect(further({ type: 'media', kind: 'document', source: file })).toBeGreaterThan(200_000)
    expect(further({ type: 'media', kind: 'document', source: text })).toBe(0)
    expect(further({ type: 'media', kind: 'image', source: url })).toBeGreaterThan(3_000)
    expect(further({ type: 'media', kind: 'audio', source: file })).toBeGreaterThan(10_000)
    const minute = { from: 'bytes', base64: 'A'.repeat(640_000), mediaType: 'audio/mpeg' } as const
    expect(further({ type: 'media', kind: 'audio', source: minute })).toBeGreaterThan(60 * 32 - 1_600)
  })

  test('members that nobody here understands may end in the prompt', () => {
    const extra = { other: { documents: ['x'.repeat(3_600)] } }
    expect(featuresOf(sampleChat({ extra })).furtherInputTokens).toBeGreaterThan(1_000)
    expect(featuresOf(sampleChat()).furtherInputTokens).toBe(0)
  })

  test('an empty list of tools is no need for tools', () => {
    expect(featuresOf(sampleChat({ tools: [] })).tools).toBe(false)
    expect(featuresOf(sampleChat({ tools: [{ type: 'function', name: 'find' }] })).tools).toBe(true)
  })

  test('a cache mark is found on the request, on a turn and on a tool', () => {
    const marked = { type: 'text', text: 'x', cache: {} } as const
    expect(featuresOf(sampleChat({ cache: {} })).cacheWrites).toBe(true)
    expect(featuresOf(sampleChat({ turns: [{ role: 'system', blocks: [marked] }] })).cacheWrites).toBe(true)
    expect(
      featuresOf(sampleChat({ tools: [{ type: 'function', name: 'find', cache: {} }] })).cacheWrites,
    ).toBe(true)
  })

  test('counting tokens needs what the conversation inside needs', () => {
    const chat = sampleChat({ tools: [{ type: 'function', name: 'find' }], maxOutputTokens: 7 })
    const features = featuresOf({ operation: 'count-tokens', model: 'm', chat, stream: false })
    expect(features.tools).toBe(true)
    expect(features.maxOutputTokens).toBe(7)
  })
})
