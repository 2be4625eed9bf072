import { describe, expect, test } from 'bun:test'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import { collect } from '../../exchange/collect.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Failure } from '../../exchange/failure.ts'
import type { ChunkSource, ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { Guardrail } from '../../guardrails/guardrail.ts'
import { createKeyedPlaceholders } from '../../guardrails/placeholders.ts'
import { createHmacSha256Hex } from '../../kit/hash.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { sampleChat } from '../../routing/samples.fixture.ts'
import { createRecordingTelemetry, sampleExchange } from '../samples.fixture.ts'
import { createGuardAnswer } from './guard-answer.ts'

const AT = { choice: 0, index: 0 } as const
const WORD = 'bluebird'

const LOOKER = {
  reach: WORD.length,
  look: (text: string) =>
    [...text.matchAll(/bluebird/g)].map(({ index }) => ({
      start: index,
      end: index + WORD.length,
      name: 'term',
    })),
}

const rule = (changes: Partial<Guardrail>): Guardrail =>
  ({
    name: 'words',
    kind: 'sample',
    looker: LOOKER,
    phases: ['output'],
    action: { type: 'flag' },
    isShadow: false,
    budgetMs: 50,
    onError: 'block',
    ...changes,
  }) as Guardrail

const delta = (text: string): ResponseChunk => ({ events: [{ type: 'text-delta', ...AT, text }] })
const BEGIN: ResponseChunk = {
  events: [{ type: 'start' }, { type: 'block-start', ...AT, block: { type: 'text', text: '' } }],
}
const END: ResponseChunk = {
  events: [
    { type: 'block-end', ...AT },
    { type: 'finish', choice: 0, reason: 'stop' },
    { type: 'usage', usage: { ...NO_USAGE, outputTokens: 9 }, isFinal: true },
    { type: 'end' },
  ],
}

/** Chunks that come one after the other, and whether somebody left them. */
function source(chunks: readonly ResponseChunk[]): ChunkSource & { left?: Failure } {
  const left = [...chunks]
  return {
    next: async () => left.shift(),
    cancel(reason) {
      this.left = reason
    },
  }
}

async function answer(rules: readonly Guardrail[], said: readonly (string | ResponseChunk)[], stream = true) {
  const telemetry = createRecordingTelemetry()
  const from = source([BEGIN, ...said.map((one) => (typeof one === 'string' ? delta(one) : one)), END])
  const exchange: Exchange = sampleExchange({ request: sampleChat({ stream }) })
  const layer = createGuardAnswer({
    terms: { all: rules },
    createPlaceholders: createKeyedPlaceholders(createHmacSha256Hex('key')),
    clock: createManualClock(),
    telemetry,
  })
  const response: ModelResponse = await layer(async () => ({
    from: { kind: 'gateway', model: 'm' },
    headers: {},
    source: from,
  }))(exchange)
  const told: ChatEvent[][] = []
  for (let chunk = await response.source.next(); chunk !== undefined; chunk = await response.source.next()) {
    told.push(chunk.events as ChatEvent[])
    if (['end', 'failure'].includes(chunk.events.at(-1)?.type ?? '')) break
  }
  const events = told.flat()
  return { exchange, from, told, events, message: collect(events), telemetry }
}

const block = (reply: 'error' | 'refusal') =>
  rule({ action: { type: 'block', answer: reply, message: 'Not here.' } })

describe('a stream', () => {
  test('is ended where somebody blocks, with a refusal behind what was said; what it used is still told', async () => {
    const { message, exchange, from } = await answer(
      [block('error')],
      ['a very long beginning ', 'blue', 'bird!'],
    )
    expect(message.choices[0]).toMatchObject({
      blocks: [
        { type: 'text', text: expect.stringMatching(/^a very long begi/) },
        { type: 'refusal', text: 'Not here.' },
      ],
      finish: { reason: 'content-filter', explanation: 'Not here.' },
    })
    expect(message.usage.outputTokens).toBe(9)
    expect(JSON.stringify(message)).not.toContain('blue')
    expect(from.left).toBeUndefined()
    expect(exchange.trail.contentAccess).toBe('rewrite')
    expect(exchange.trail.steps).toEqual([
      {
        step: 'guard',
        phase: 'output',
        verdicts: [{ guardrail: 'words', verdict: 'blocked', found: { term: 1 } }],
      },
    ])
  })

  test('of which nothing was said is a failure, and its provider is left', async () => {
    const refused = answer([block('error')], ['blue', 'bird'])
    expect(refused).rejects.toMatchObject({ code: 'guardrail-blocked', message: 'Not here.' })
  })

  test('of which nothing was said is a refusal where the guardrail has it so', async () => {
    const { message } = await answer([block('refusal')], ['blue', 'bird'])
    expect(message.choices[0]?.blocks).toEqual([{ type: 'refusal', text: 'Not here.' }])
  })

  test('is held back by no more than may be the beginning of a word', async () => {
    const { told, telemetry } = await answer(
      [rule({ action: { type: 'mask', restore: false } })],
      ['a blue sky, ', 'blue', 'bird', ' and more of it'],
    )
    const shown = told.map((events) => events.map((event) => ('text' in event ? event.text : '')).join(''))
    expect(shown.join('')).toMatch(/^a blue sky, <TERM_[0-9A-Z]{4}> and more of it$/)
    expect(telemetry.observed.get('gatehouse_guardrail_held_characters')).toEqual([8])
  })
})

test.each([
  ['arguments', (text: string) => ({ type: 'arguments-delta', choice: 0, index: 1, text })],
  ['parts of one family', (text: string) => ({ type: 'native-delta', choice: 0, index: 1, raw: { text } })],
  ['citations', (text: string) => ({ type: 'citation', choice: 0, index: 1, citation: { text } })],
] as const)(
  '%s that are too long to be held are told where nobody minds that they could not look',
  async (_what, saying) => {
    const block = { type: 'tool-call', id: 'a', name: 'b', arguments: '', form: 'json' } as const
    const said = (text: string): ResponseChunk => ({ events: [saying(text) as never] })
    const { told } = await answer(
      [rule({ action: { type: 'mask', restore: false }, onError: 'allow' })],
      [
        { events: [{ type: 'block-start', choice: 0, index: 1, block }] },
        said('a'),
        said('b'.repeat(LIMITS.guardrailHeldCharacters)),
        said('c'),
        { events: [{ type: 'block-end', choice: 0, index: 1 }] },
      ],
    )
    const lengths = told.map((events) => JSON.stringify(events).length)
    expect(lengths.findIndex((length) => length > LIMITS.guardrailHeldCharacters)).toBe(3)
  },
)

describe('an answer in one piece', () => {
  test('is the fold of the same events', async () => {
    const texts = ['a blue sky, ', 'blue', 'bird', ' and more of it']
    const mask = rule({ action: { type: 'mask', restore: false } })
    const [streamed, whole] = [await answer([mask], texts), await answer([mask], texts, false)]
    expect(whole.message).toEqual(streamed.message)
    expect(whole.exchange.trail.steps).toEqual(streamed.exchange.trail.steps)
  })

  test('is refused as a whole, whatever it said before', async () => {
    const { message } = await answer([block('refusal')], ['a very long beginning ', WORD], false)
    expect(message.choices[0]?.blocks).toEqual([{ type: 'refusal', text: 'Not here.' }])
    expect(answer([block('error')], ['a very long beginning ', WORD], false)).rejects.toMatchObject({
      code: 'guardrail-blocked',
    })
  })
})

test.each([
  ['chosen', [{ token: 'blue' }, { token: 'bird' }]],
  ['not chosen', [{ token: 'sky', top_logprobs: [{ token: 'bluebird' }] }]],
  ['as they were said', undefined],
])('words in probabilities that may not be said are left out with them: %s', async (_name, content) => {
  const { events, message } = await answer(
    [block('error')],
    [{ events: [{ type: 'logprobs', choice: 0, content: content ?? [{ token: 'sky' }] }] }, delta('sky')],
  )
  expect(message.choices[0]).toMatchObject({ blocks: [{ text: 'sky' }], finish: { reason: 'stop' } })
  expect(events.some(({ type }) => type === 'logprobs')).toBe(content === undefined)
})

test.each([
  ['flag', {}],
  ['shadow', { isShadow: true, action: { type: 'block', answer: 'error' } }],
] as const)('who only tells what it finds changes nothing and has bytes pass: %s', async (_name, changes) => {
  const { message, exchange, told } = await answer([rule(changes)], ['blue', 'bird'])
  expect(message.choices[0]?.blocks).toEqual([{ type: 'text', text: WORD }])
  expect(told[0]).toBe(BEGIN.events as ChatEvent[])
  expect(exchange.trail.contentAccess).toBe('read')
  expect(exchange.trail.guard?.findings).toMatchObject([{ phase: 'output', found: { term: 1 } }])
})
