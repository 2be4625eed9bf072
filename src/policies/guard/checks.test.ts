import { describe, expect, test } from 'bun:test'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import { collect } from '../../exchange/collect.ts'
import type { Constraint } from '../../exchange/constraint.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { Failure, toFailure } from '../../exchange/failure.ts'
import type { GuardStep } from '../../exchange/guard.ts'
import { textsOf } from '../../exchange/request-texts.ts'
import type { ModelResponse, ResponseChunk } from '../../exchange/response.ts'
import { NO_USAGE } from '../../exchange/usage.ts'
import type { Check, Checked, CheckFinding } from '../../guardrails/check.ts'
import type { Guardrail } from '../../guardrails/guardrail.ts'
import { createKeyedPlaceholders } from '../../guardrails/placeholders.ts'
import { createHmacSha256Hex } from '../../kit/hash.ts'
import { LIMITS } from '../../kit/limits.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { sampleChat } from '../../routing/samples.fixture.ts'
import { createRecordingTelemetry, sampleExchange } from '../samples.fixture.ts'
import { createCheckAnswer } from './check-answer.ts'
import { createCheckRequest } from './check-request.ts'
import { createFoundBy } from './found-by.ts'

const WORD = 'bluebird'
const EU: Constraint = { by: 'guardrail words', text: 'region eu', allows: () => true }

/** Lets everything run that waits for nothing. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
}

/** Finds a word, and tells where. */
function spotWord({ texts }: Checked): CheckFinding {
  const places = new Map(
    texts
      .filter((text) => text.includes(WORD))
      .map((text) => {
        const start = text.indexOf(WORD)
        return [text, [{ name: 'code.name', start, end: start + WORD.length }]] as const
      }),
  )
  return places.size === 0 ? {} : { found: { 'code name!': places.size }, places }
}

const checking = (judge: (checked: Checked) => CheckFinding | Promise<CheckFinding>): Check => ({
  judge: async (checked) => judge(checked),
})

const rule = (changes: Partial<Guardrail>): Guardrail =>
  ({
    name: 'words',
    kind: 'sample',
    check: checking(spotWord),
    phases: ['input', 'output'],
    action: { type: 'flag' },
    isShadow: false,
    budgetMs: 2_000,
    onError: 'block',
    ...changes,
  }) as Guardrail

const AT = { choice: 0, index: 0 } as const

function answerOf(pieces: readonly string[]): ResponseChunk[] {
  return [
    { events: [{ type: 'start' }, { type: 'block-start', ...AT, block: { type: 'text', text: '' } }] },
    ...pieces.map((text): ResponseChunk => ({ events: [{ type: 'text-delta', ...AT, text }] })),
    {
      events: [
        { type: 'block-end', ...AT },
        { type: 'finish', choice: 0, reason: 'stop' },
        { type: 'usage', usage: { ...NO_USAGE, outputTokens: 9 }, isFinal: true },
        { type: 'end' },
      ],
    },
  ]
}

const asking = (text: string, changes: Partial<Exchange> = {}): Exchange =>
  sampleExchange({
    request: sampleChat({ turns: [{ role: 'user', blocks: [{ type: 'text', text }] }] }),
    ...changes,
  })

/** Both policies, as the gateway has them around a model. */
function world(...rules: readonly Guardrail[]) {
  const clock = createManualClock()
  const telemetry = createRecordingTelemetry()
  const parts = {
    terms: { all: rules },
    createPlaceholders: createKeyedPlaceholders(createHmacSha256Hex('key')),
    clock,
    telemetry,
    ask: () => Promise.reject(new Failure('budget-exceeded')),
    limit: (exchange: Exchange) => exchange,
  }
  return {
    clock,
    telemetry,
    found: (...names: readonly string[]) =>
      createFoundBy(parts)({
        exchange: asking('hello'),
        events: answerOf(['the blue', 'bird']).flatMap(({ events }) => events),
        names,
      }),
    admit: async (exchange: Exchange) => createCheckRequest(parts)(exchange),
    async answer(exchange: Exchange, pieces: readonly string[]) {
      const chunks = answerOf(pieces)
      const response: ModelResponse = await createCheckAnswer(parts)(async () => ({
        from: { kind: 'gateway', model: 'm' },
        headers: {},
        source: { next: async () => chunks.shift(), cancel() {} },
      }))(exchange)
      const told: ChatEvent[][] = []
      let chunk = await response.source.next()
      while (chunk !== undefined) {
        told.push(chunk.events as ChatEvent[])
        chunk = told.at(-1)?.at(-1)?.type === 'end' ? undefined : await response.source.next()
      }
      return { told, message: collect(told.flat()), access: exchange.trail.contentAccess }
    },
  }
}

const verdictsOf = ({ trail }: Exchange) =>
  (trail.steps as readonly GuardStep[]).flatMap(({ phase, verdicts }) =>
    verdicts.map(({ guardrail, verdict, shadow, found }) => [phase, guardrail, verdict, found, shadow]),
  )

const FOUND = { 'code-name-': 1 }
const NOT_PUT_BACK = { type: 'mask', restore: false } as const

describe('what is asked', () => {
  test.each([
    [{ type: 'flag' }, 'flagged', 'the bluebird'],
    [NOT_PUT_BACK, 'masked', /^the <CODE_NAME_[0-9A-Z]{4}>$/],
    [{ type: 'restrict', only: [EU] }, 'restricted', 'the bluebird'],
  ] as const)('goes on: %j', async (action, verdict, said) => {
    const { admit, telemetry } = world(rule({ action }))
    const exchange = asking('the bluebird')
    const admitted = await admit(exchange)
    expect(textsOf(admitted.request)[0]).toMatch(said)
    expect(admitted.only).toEqual(action.type === 'restrict' ? [EU] : undefined)
    expect(verdictsOf(exchange)).toEqual([['input', 'words', verdict, FOUND, undefined]])
    expect(exchange.trail.guard?.flags).toEqual(['words'])
    const labels = `guardrail=words,phase=input,verdict=${verdict},mode=enforce`
    expect(telemetry.counts.get(`gatehouse_guardrail_verdicts_total{${labels}}`)).toBe(1)
    expect(telemetry.observed.get('gatehouse_guardrail_seconds{guardrail=words,phase=input}')).toEqual([0])
  })

  test('is refused by an error or in the words of a model; in shadow mode that is only told', async () => {
    const block = (answer: 'error' | 'refusal', isShadow = false): Guardrail =>
      rule({ action: { type: 'block', answer, message: 'Not here.' }, isShadow })
    const error = world(block('error')).admit(asking('bluebird')).catch(toFailure)
    expect(await error).toMatchObject({ code: 'guardrail-blocked', message: 'Not here.' })
    expect(await world(block('refusal')).admit(asking('bluebird'))).toMatchObject({ declined: 'Not here.' })
    const shadowed = asking('bluebird')
    expect((await world(block('error', true)).admit(shadowed)).request).toBe(shadowed.request)
    expect(verdictsOf(shadowed)).toEqual([['input', 'words', 'blocked', FOUND, true]])
    expect(shadowed.trail.guard?.flags).toEqual([])
  })

  test('is told to others when it was masked, and under what holds for it; of what is blocked nobody is told', async () => {
    const seen: [string, readonly string[], number | undefined][] = []
    const look = (name: string, action: Guardrail['action'], find = spotWord): Guardrail =>
      rule({
        action,
        name,
        check: checking((checked) => {
          seen.push([name, checked.texts, checked.exchange.only?.length])
          return find(checked)
        }),
      })
    const rules = [
      look('tells', { type: 'flag' }),
      look('restricts', { type: 'restrict', only: [EU] }, () => ({ found: { a: 1 } })),
      look('masks', NOT_PUT_BACK),
    ]
    const exchange = asking('the bluebird')
    await world(...rules).admit(exchange)
    expect(seen.map(([name, [text], only]) => [name, text?.includes(WORD), only])).toEqual([
      ['masks', true, undefined],
      ['restricts', false, undefined],
      ['tells', false, 1],
    ])
    const broken = rule({
      action: NOT_PUT_BACK,
      name: 'broken',
      check: checking(() => Promise.reject(new Error())),
    })
    seen.length = 0
    expect(
      await world(broken, ...rules)
        .admit(asking('x'))
        .catch(toFailure),
    ).toMatchObject({
      code: 'guardrail-failed',
    })
    expect(seen.map(([name]) => name)).toEqual(['masks'])
  })

  test('asks as its caller pays and may wait, whatever models the key is for; what is blank or was asked by the house is judged by nobody', async () => {
    let given: Checked | undefined
    const { admit } = world(rule({ check: checking((checked) => ((given = checked), {})) }))
    const caller = sampleCaller({ models: ['support'], operations: ['chat'] })
    const exchange = asking('x', { caller })
    await admit(exchange)
    const { models, operations, ...rest } = given?.exchange.caller ?? caller
    expect([models, operations, rest.owners]).toEqual([undefined, undefined, caller.owners])
    expect(given?.exchange.deadlineAtMs).toBe(exchange.startedAtMs + 2_000)
    given = undefined
    const asked = asking('x', { asked: { purpose: 'judge', parentId: 'req_0' } })
    expect(await admit(asked)).toBe(asked)
    await admit(asking(' \n'))
    expect(given).toBeUndefined()
  })
})

describe('a check that cannot tell', () => {
  const place = (start: number, end: number) => new Map([['text', [{ name: 'a', start, end }]]])
  const lies: readonly (readonly [string, CheckFinding])[] = [
    ['places beyond the text', { places: place(0, 5) }],
    ['places that are none', { places: place(0.5, 1) }],
    ['places in a text that is not there', { places: new Map([['other', []]]) }],
    ['counts that are none', { found: { a: Number.NaN } }],
    ['too many things', { found: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`n${at}`, 1])) }],
  ]
  const broken: readonly (readonly [string, Check])[] = [
    ...lies.map(([what, finding]) => [`says ${what}`, checking(() => finding)] as const),
    ['breaks', { judge: () => Promise.reject(new TypeError('a defect')) }],
    [
      'breaks at once',
      {
        judge() {
          throw new TypeError('a defect')
        },
      },
    ],
  ]
  test.each(broken)('%s', async (_what, check) => {
    const blocking = world(rule({ check })).admit(asking('text')).catch(toFailure)
    expect(await blocking).toMatchObject({ code: 'guardrail-failed' })
    const exchange = asking('text')
    expect((await world(rule({ check, onError: 'allow' })).admit(exchange)).request).toBe(exchange.request)
    expect(verdictsOf(exchange)).toEqual([['input', 'words', 'failed', undefined, undefined]])
  })

  test('to mask, where it does not say where: nothing goes on', async () => {
    const check = checking(() => ({ found: { a: 1 } }))
    const refused = world(rule({ check, action: NOT_PUT_BACK }))
      .admit(asking('text'))
      .catch(toFailure)
    expect(await refused).toMatchObject({ code: 'guardrail-failed' })
  })

  test('in time: what it asks is stopped, and so it is when the client leaves', async () => {
    let signal: AbortSignal | undefined
    const hangs: Check = { judge: (checked) => ((signal = checked.signal), new Promise(() => {})) }
    const { admit, clock, telemetry } = world(rule({ check: hangs }))
    const late = admit(asking('text')).catch(toFailure)
    await settle()
    clock.advance(1_999)
    expect(signal?.aborted).toBe(false)
    clock.advance(1)
    expect(await late).toMatchObject({ code: 'guardrail-failed' })
    expect(signal?.aborted).toBe(true)
    expect(telemetry.observed.get('gatehouse_guardrail_seconds{guardrail=words,phase=input}')).toEqual([2])
    const client = new AbortController()
    const left = admit(asking('text', { signal: client.signal })).catch(toFailure)
    client.abort()
    expect(await left).toMatchObject({ code: 'client-gone' })
  })

  test('because its caller may not spend more: that is what he is told', async () => {
    const asks: Check = {
      judge: async ({ ask, exchange: parent }) => {
        await ask?.({ request: sampleChat({ stream: false }), purpose: 'classify', parent })
        return {}
      },
    }
    const refused = world(rule({ check: asks }))
      .admit(asking('text'))
      .catch(toFailure)
    expect(await refused).toMatchObject({ code: 'budget-exceeded' })
  })

  test('because there is too much to judge', async () => {
    const refused = world(rule({}))
      .admit(asking('x'.repeat(LIMITS.checkedCharacters + 1)))
      .catch(toFailure)
    expect(await refused).toMatchObject({ code: 'guardrail-failed' })
  })
})

describe('what is answered', () => {
  const PIECES = ['the blue', 'bird ', 'sings']
  const answered = (...rules: readonly Guardrail[]) => {
    const exchange = asking('hello')
    return { exchange, answer: world(...rules).answer(exchange, PIECES) }
  }
  const block = (answer: 'error' | 'refusal'): Guardrail =>
    rule({ action: { type: 'block', answer, message: 'Not here.' } })

  test.each([false, true])('is told as it comes where it is only told of: shadow %p', async (isShadow) => {
    const action = isShadow ? ({ type: 'block', answer: 'error' } as const) : ({ type: 'flag' } as const)
    const { exchange, answer } = answered(rule({ action, isShadow }))
    const { told, access } = await answer
    expect(told).toEqual(answerOf(PIECES).map(({ events }) => events as ChatEvent[]))
    expect(access).toBe('read')
    const verdict = isShadow ? 'blocked' : 'flagged'
    expect(verdictsOf(exchange)).toEqual([['output', 'words', verdict, FOUND, isShadow || undefined]])
  })

  test('waits with its end, and no longer than it may, for those who only tell', async () => {
    const { clock, answer } = world(rule({ check: { judge: () => new Promise(() => {}) } }))
    const exchange = asking('hello')
    const told = answer(exchange, PIECES)
    await settle()
    clock.advance(2_000)
    expect((await told).told).toHaveLength(5)
    expect(verdictsOf(exchange)).toEqual([['output', 'words', 'failed', undefined, undefined]])
  })

  test('is not given where somebody blocks, and what it used is still told', async () => {
    expect(await answered(block('error')).answer.catch(toFailure)).toMatchObject({
      code: 'guardrail-blocked',
      message: 'Not here.',
    })
    const { message, access } = await answered(block('refusal')).answer
    expect(access).toBe('rewrite')
    expect(message.choices[0]).toMatchObject({
      blocks: [{ type: 'refusal', text: 'Not here.' }],
      finish: { reason: 'content-filter' },
    })
    expect(message.usage.outputTokens).toBe(9)
    expect(JSON.stringify(message)).not.toContain('bird')
  })

  test('is masked across its pieces, and given as it was where nothing is found', async () => {
    const { message } = await answered(rule({ action: NOT_PUT_BACK })).answer
    expect(message.choices[0]?.blocks).toMatchObject([
      { text: expect.stringMatching(/^the <CODE_NAME_[0-9A-Z]{4}> sings$/) },
    ])
    const clean = world(rule({ action: { type: 'block', answer: 'error' } }))
    const { told } = await clean.answer(asking('hello'), ['nothing', ' here'])
    expect(told).toEqual(answerOf(['nothing', ' here']).map(({ events }) => events as ChatEvent[]))
  })

  test('is mended, and others judge what it is then', async () => {
    const mend: Check = {
      mends: true,
      async judge({ texts: [text = ''], mayMend, answer }) {
        expect(answer?.choices[0]?.blocks).toMatchObject([{ text }])
        return {
          found: { word: 1 },
          ...(mayMend === true ? { instead: new Map([[text, 'a sparrow']]) } : {}),
        }
      },
    }
    const mending = rule({ name: 'mends', check: mend, action: { type: 'block', answer: 'error' } })
    const { exchange, answer } = answered(block('error'), mending)
    expect((await answer).message.choices[0]?.blocks).toMatchObject([{ text: 'a sparrow' }])
    expect(verdictsOf(exchange).map(([, name, verdict]) => [name, verdict])).toEqual([
      ['mends', 'flagged'],
      ['words', 'passed'],
    ])
    const shadowed = answered({ ...mending, isShadow: true })
    expect((await shadowed.answer).message.choices[0]?.blocks).toMatchObject([{ text: PIECES.join('') }])
  })
})

describe('an answer that may still be dropped', () => {
  const look = (text: string) => {
    const start = text.indexOf(WORD)
    return start < 0 ? [] : [{ name: 'word', start, end: start + WORD.length }]
  }
  const looking = (changes: Partial<Guardrail>): Guardrail => {
    const { check: _check, ...rest } = rule(changes)
    return { ...rest, looker: { reach: WORD.length, look } }
  }
  const broken = checking(() => Promise.reject(new Error('a defect')))

  test.each([
    [[rule({})], ['words']],
    [[looking({})], ['words']],
    [[rule({ isShadow: true })], []],
    [[rule({ check: broken, action: { type: 'block', answer: 'error' } })], []],
    [[rule({ name: 'others' })], []],
    [[rule({}), looking({ name: 'masks', action: NOT_PUT_BACK })], []],
  ] as const)('names those that find something in it: %#', async (rules, expected) => {
    const { found, telemetry } = world(...rules)
    expect(await found('words')).toEqual([...expected])
    expect(telemetry.counts.size).toBe(0)
  })

  test('is mended by nobody', async () => {
    const mayMend: unknown[] = []
    const check: Check = { mends: true, judge: async (checked) => (mayMend.push(checked.mayMend), {}) }
    await world(rule({ check })).found('words')
    expect(mayMend).toEqual([false])
  })
})
