import { describe, expect, test } from 'bun:test'
import type { Exchange } from '../../exchange/exchange.ts'
import type { GuardStep } from '../../exchange/guard.ts'
import { textsOf } from '../../exchange/request-texts.ts'
import { createDetectors } from '../../guardrails/all.ts'
import type { Guardrail } from '../../guardrails/guardrail.ts'
import { createLookThrough } from '../../guardrails/look-through.ts'
import { createKeyedPlaceholders } from '../../guardrails/placeholders.ts'
import { createHmacSha256Hex } from '../../kit/hash.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { sampleChat } from '../../routing/samples.fixture.ts'
import { createRecordingTelemetry, sampleExchange } from '../samples.fixture.ts'
import { createInspectRequest } from './inspect-request.ts'

const LOOKER = createLookThrough(createDetectors([]).filter(({ kind }) => kind === 'personal'))
const MAIL = 'ana.lopez@example.com'

function rule(name: string, changes: Partial<Guardrail> = {}): Guardrail {
  return {
    name,
    kind: 'detect',
    looker: LOOKER,
    phases: ['input'],
    action: { type: 'flag' },
    isShadow: false,
    budgetMs: 50,
    onError: 'block',
    ...changes,
  } as Guardrail
}

const asking = (...texts: readonly string[]): Exchange =>
  sampleExchange({
    request: sampleChat({
      turns: texts.map((text) => ({ role: 'user', blocks: [{ type: 'text', text }] })),
    }),
  })

async function inspect(exchange: Exchange, ...rules: readonly Guardrail[]) {
  const telemetry = createRecordingTelemetry()
  const clock = createManualClock()
  const admit = createInspectRequest({
    terms: { all: rules },
    createPlaceholders: createKeyedPlaceholders(createHmacSha256Hex('key')),
    clock,
    telemetry,
  })
  const admitted = await admit(exchange)
  const [step] = exchange.trail.steps as readonly GuardStep[]
  return { admitted, verdicts: step?.verdicts, telemetry, exchange }
}

describe('what is asked', () => {
  test('is masked in a copy, the same value each time, and the bytes of the client do not say it any more', async () => {
    const exchange = asking(`I am ${MAIL}`, `or ${MAIL}, or b@example.org; not <EMAIL_1>`)
    const { admitted, verdicts } = await inspect(
      exchange,
      rule('data', { action: { type: 'mask', restore: true } }),
    )
    const [[ana, one], [other, two]] = [...(admitted.placeholders?.restorable ?? [])] as [
      [string, string],
      [string, string],
    ]
    expect([one, two]).toEqual([MAIL, 'b@example.org'])
    for (const placeholder of [ana, other]) expect(placeholder).toMatch(/^<EMAIL_[0-9A-Z]{4}>$/)
    expect(textsOf(admitted.request)).toEqual([`I am ${ana}`, `or ${ana}, or ${other}; not <EMAIL_1>`])
    expect(admitted.raw?.says).not.toBe(admitted.request)
    expect(verdicts).toEqual([{ guardrail: 'data', verdict: 'masked', found: { email: 3 } }])
    expect(exchange.trail.notices).toEqual([{ code: 'guard.masked', subject: 'data' }])
  })

  test('is the same request where nothing is found, or where a guardrail only says what it would do', async () => {
    const mask = { type: 'mask', restore: true } as const
    const clean = await inspect(asking('nothing'), rule('data', { action: mask }))
    expect(clean.admitted.request).toBe(clean.exchange.request)
    expect(clean.verdicts).toEqual([{ guardrail: 'data', verdict: 'passed' }])
    const shadowed = await inspect(
      asking(MAIL),
      rule('masks', { action: mask, isShadow: true }),
      rule('blocks', { action: { type: 'block', answer: 'error' }, isShadow: true }),
    )
    expect(shadowed.admitted.request).toBe(shadowed.exchange.request)
    expect(shadowed.exchange.trail.guard?.flags).toEqual([])
    expect(shadowed.verdicts?.map(({ verdict, shadow }) => [verdict, shadow])).toEqual([
      ['masked', true],
      ['blocked', true],
    ])
  })

  test('is refused, by an error or in the words of a model, and what was found is not told', async () => {
    const error = rule('cards', { action: { type: 'block', answer: 'error', message: 'Not here.' } })
    const refused = inspect(asking(MAIL), rule('seen'), error)
    expect(refused).rejects.toMatchObject({ code: 'guardrail-blocked', message: 'Not here.' })
    const { admitted } = await inspect(
      asking(MAIL),
      rule('cards', { action: { type: 'block', answer: 'refusal', message: 'I cannot.' } }),
    )
    expect(admitted.declined).toBe('I cannot.')
  })

  test('puts its names among the facts, and its constraints on whatever is asked from there on', async () => {
    const only = [{ by: 'guardrail eu', text: 'region eu', allows: () => false }]
    const { admitted, exchange } = await inspect(
      asking(MAIL),
      rule('seen'),
      rule('eu', { action: { type: 'restrict', only } }),
    )
    expect(admitted.only).toEqual(only)
    expect(exchange.trail.guard?.flags).toEqual(['seen', 'eu'])
  })

  test.each([
    ['block', 'guardrail-failed'],
    ['allow', undefined],
  ] as const)('where a guardrail breaks, on_error says what follows: %s', async (onError, code) => {
    const looker = {
      reach: 1,
      look() {
        throw new RangeError('broken')
      },
    }
    const asked = inspect(asking('a'), rule('broken', { looker, onError }))
    if (code !== undefined) return expect(asked).rejects.toMatchObject({ code })
    const { verdicts, telemetry } = await asked
    expect(verdicts).toEqual([{ guardrail: 'broken', verdict: 'failed' }])
    expect(telemetry.lines).toEqual(['error: a guardrail has broken'])
  })

  test('is looked at in turns where it is long, and found at the borders of the pieces', async () => {
    const filler = 'word '.repeat(13_105)
    const text = `${filler}${MAIL} ${filler}${MAIL} ${filler}`
    const { admitted, verdicts } = await inspect(
      asking(text, ''),
      rule('data', { action: { type: 'mask', restore: true } }),
    )
    expect(verdicts?.[0]?.found).toEqual({ email: 2 })
    const [placeholder = ''] = admitted.placeholders?.restorable.keys() ?? []
    expect(textsOf(admitted.request)[0]).toBe(text.replaceAll(MAIL, placeholder))
  })
})

test('a guardrail that takes longer than it may counts as one that could not look', async () => {
  const clock = createManualClock()
  const slow = rule('slow', {
    looker: {
      reach: 1,
      look() {
        clock.advance(60)
        return []
      },
    },
  })
  const admit = createInspectRequest({
    terms: { all: [slow] },
    createPlaceholders: createKeyedPlaceholders(createHmacSha256Hex('key')),
    clock,
    telemetry: createRecordingTelemetry(),
  })
  expect(Promise.resolve(admit(asking('a', 'b')))).rejects.toMatchObject({ code: 'guardrail-failed' })
})
