import { describe, expect, test } from 'bun:test'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import { collect } from '../../exchange/collect.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import { mapMembers } from '../../exchange/request-texts.ts'
import { createKeyedPlaceholders } from '../../guardrails/placeholders.ts'
import { createHmacSha256Hex } from '../../kit/hash.ts'
import { createRecordingTelemetry, sampleExchange } from '../samples.fixture.ts'
import { createRestoreAnswer } from './restore-answer.ts'

const AT = { choice: 0, index: 0 } as const
const MAIL = 'ana "the boss" <ana@example.com>'
const SIGNATURE = { family: 'f', scheme: 's', value: 'v' } as const

function masked(restore = true) {
  const placeholders = createKeyedPlaceholders(createHmacSha256Hex('key'))({ owners: {}, texts: () => [] })
  const placeholder = placeholders.put({ value: MAIL, detector: 'email', restore })
  return { placeholders, placeholder }
}

async function tell(placeholders: ReturnType<typeof masked>['placeholders'], events: readonly ChatEvent[]) {
  const chunks: ResponseChunk[] = events.map((event) => ({ events: [event] }))
  const exchange = sampleExchange({ placeholders })
  const response = await createRestoreAnswer({ terms: { all: [] }, telemetry: createRecordingTelemetry() })(
    async () => ({
      from: { kind: 'gateway', model: 'm' },
      headers: {},
      source: { next: async () => chunks.shift(), cancel() {} },
    }),
  )(exchange)
  const told: ChatEvent[] = []
  for (let at = 0; at < events.length; at += 1)
    told.push(...(((await response.source.next())?.events ?? []) as ChatEvent[]))
  return { told, blocks: collect(told).choices[0]?.blocks, trail: exchange.trail }
}

const END = [
  { type: 'block-end', ...AT },
  { type: 'finish', choice: 0, reason: 'stop' },
  { type: 'end' },
] as const

describe('an answer', () => {
  test.each([
    ['text', { type: 'text', text: '' }, 'text-delta'],
    ['refusal', { type: 'refusal', text: '' }, 'refusal-delta'],
    ['reasoning', { type: 'reasoning', text: '', form: 'full' }, 'reasoning-delta'],
  ] as const)('says what was masked in what was asked: %s', async (_name, block, type) => {
    const { placeholders, placeholder } = masked()
    const { told, blocks, trail } = await tell(placeholders, [
      { type: 'start' },
      { type: 'block-start', ...AT, block },
      { type, ...AT, text: `a < b, dear ${placeholder.slice(0, 3)}` },
      { type, ...AT, text: `${placeholder.slice(3)}! <` },
      ...END,
    ])
    expect(blocks).toEqual([{ ...block, text: `a < b, dear ${MAIL}! <` }])
    expect(told[2]).toEqual({ type, ...AT, text: 'a < b, dear ' })
    expect(trail.contentAccess).toBe('rewrite')
  })

  test('says it in arguments of tools as JSON has it', async () => {
    const { placeholders, placeholder } = masked()
    const spelled = placeholder.replace('<', '\\u003c')
    const { blocks } = await tell(placeholders, [
      { type: 'start' },
      {
        type: 'block-start',
        ...AT,
        block: { type: 'tool-call', id: 'c', name: 'send', arguments: '', form: 'json' },
      },
      { type: 'arguments-delta', ...AT, text: `{"to":"${spelled.slice(0, 4)}` },
      { type: 'arguments-delta', ...AT, text: `${spelled.slice(4)}","cc":"${placeholder}"}` },
      ...END,
    ])
    const [call] = blocks ?? []
    expect(call?.type === 'tool-call' ? JSON.parse(call.arguments) : call).toEqual({ to: MAIL, cc: MAIL })
  })

  test('keeps the proof of a thought: sent back, the thought is masked to the bytes that were proven', async () => {
    const { placeholders, placeholder } = masked()
    const thought = `I write to ${placeholder}.`
    const { blocks, trail } = await tell(placeholders, [
      { type: 'start' },
      { type: 'block-start', ...AT, block: { type: 'reasoning', text: '', form: 'full' } },
      { type: 'reasoning-delta', ...AT, text: thought },
      { type: 'signature', ...AT, signature: SIGNATURE },
      ...END,
    ])
    const [block] = blocks ?? []
    expect(block).toEqual({
      type: 'reasoning',
      text: `I write to ${MAIL}.`,
      form: 'full',
      signature: SIGNATURE,
    })
    const next = masked()
    const again = mapMembers(block ?? {}, (text) =>
      text.replace(MAIL, next.placeholders.put({ value: MAIL, detector: 'email', restore: true })),
    )
    expect(again).toEqual({ type: 'reasoning', text: thought, form: 'full', signature: SIGNATURE })
    expect(trail.notices).toEqual([])
  })

  test('has its citations where they stand in what is told', async () => {
    const { placeholders, placeholder } = masked()
    const { told } = await tell(placeholders, [
      { type: 'start' },
      { type: 'block-start', ...AT, block: { type: 'text', text: '' } },
      { type: 'text-delta', ...AT, text: `${placeholder} is here` },
      {
        type: 'citation',
        ...AT,
        citation: { title: placeholder, start: placeholder.length + 1, end: placeholder.length + 3 },
      },
      ...END,
    ])
    expect(told.find(({ type }) => type === 'citation')).toMatchObject({
      citation: { title: MAIL, start: MAIL.length + 1, end: MAIL.length + 3 },
    })
  })

  test('passes untouched where nothing is to be put back', async () => {
    const { placeholders, placeholder } = masked(false)
    const { blocks, trail } = await tell(placeholders, [
      { type: 'start' },
      { type: 'block-start', ...AT, block: { type: 'text', text: placeholder } },
      ...END,
    ])
    expect(blocks).toEqual([{ type: 'text', text: placeholder }])
    expect(trail.contentAccess).toBe('none')
  })
})
