import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readObjects } from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import {
  CUSTOMER,
  GUARD_AND_CACHE_CONFIG,
  lastId,
  metricOf,
  playGuardAndCache,
  tellOf,
  type Played,
  type TellsOf,
} from './guard-and-cache.ts'

/*
 * What guards and what saves, from the client's side and from the operator's: each shows in the answer, in the decision, on the receipt and
 * in the metrics. The screens are looked at in test/screens/guard-and-cache.test.ts.
 */

let gateway: RunningGateway
let played: Played
beforeAll(async () => {
  gateway = await openRunningGateway({ config: GUARD_AND_CACHE_CONFIG })
  played = await playGuardAndCache(gateway)
}, 60_000)
afterAll(() => gateway.close())

const told = (name: keyof Played): Promise<TellsOf> => tellOf(gateway, lastId(played[name]))
const verdicts = (name: string, verdict: string): Promise<number> =>
  metricOf(gateway, 'gatehouse_guardrail_verdicts_total', { guardrail: name, verdict })

describe('a word that is not to be said', () => {
  test('is refused in the words of the file, and nobody is asked', async () => {
    const [answer] = played.blocked
    expect(answer?.status).toBe(400)
    expect(answer?.error).toMatchObject({
      message: 'That project has no name yet.',
      code: 'guardrail_blocked',
    })
    const { steps, receipt } = await told('blocked')
    expect(steps).toEqual([
      {
        step: 'guard',
        phase: 'input',
        verdicts: [{ guardrail: 'code-names', verdict: 'blocked', found: { term: 1 } }],
      },
    ])
    expect(receipt).toMatchObject({
      attempts: [],
      guardrails: [{ guardrail: 'code-names', verdict: 'blocked', phase: 'input', found: { term: 1 } }],
    })
    expect(await verdicts('code-names', 'blocked')).toBe(1)
  })
})

describe('a customer', () => {
  test('is masked on the way out, and stands in the streamed call of a tool again', async () => {
    const [answer] = played.masked
    expect(answer).toMatchObject({ status: 200, complete: true })
    const pieces = [...(answer?.wire ?? '').matchAll(/"arguments":"((?:[^"\\]|\\.)*)"/g)].map(
      ([, piece = '']) => JSON.parse(`"${piece}"`) as string,
    )
    expect(JSON.parse(pieces.join(''))).toEqual({ to: CUSTOMER })
    expect(answer?.headers.get('x-gatehouse-guardrails')).toBe('customers=masked(2)')
    const { steps, receipt } = await told('masked')
    expect(steps[0]).toMatchObject({
      step: 'guard',
      verdicts: [{ guardrail: 'customers', verdict: 'masked' }],
    })
    expect(receipt).toMatchObject({ guardrails: [{ guardrail: 'customers', found: { email: 2 } }] })
    expect(JSON.stringify([steps, receipt])).not.toContain(CUSTOMER)
    expect(await verdicts('customers', 'masked')).toBe(1)
  })
})

describe('an account number', () => {
  test('stays with whoever is inside, though somebody else is asked first', async () => {
    const [answer] = played.insideOnly
    expect(answer?.headers.get('x-gatehouse-provider')).toBe('inside')
    const { steps, receipt } = await told('insideOnly')
    const left = steps.filter(({ step }) => step === 'filter').flatMap((step) => readObjects(step, 'targets'))
    expect(left).toEqual([
      expect.objectContaining({ target: 'sim/smart', detail: 'guardrail sensitive wants region eu' }),
    ])
    expect(receipt).toMatchObject({
      guardrails: [{ guardrail: 'sensitive', verdict: 'restricted', found: { iban: 1 } }],
      attempts: [{ target: 'inside/smart@eu' }],
    })
    expect(await verdicts('sensitive', 'restricted')).toBe(1)
  })
})

describe('a question that was asked before', () => {
  test('is answered in another dialect, streamed, for nothing', async () => {
    const [first, again] = played.cached
    expect(again).toMatchObject({ status: 200, complete: true, text: first?.text })
    expect(again?.headers.get('x-gatehouse-cache')).toBe('hit')
    const { steps, receipt, line } = await told('cached')
    expect(steps).toContainEqual(expect.objectContaining({ step: 'cache', outcome: 'hit' }))
    expect(receipt).toMatchObject({ attempts: [], own: { cost: { nano_usd: '0' } } })
    expect(line).toMatchObject({ stream: true, dialect: 'anthropic-messages', attempts: '' })
    expect(await cacheMetric('hit')).toBe(1)
  })

  test('by many at once is asked once', async () => {
    const outcomes = played.stampede.slice(0, -1).map(({ headers }) => headers.get('x-gatehouse-cache'))
    expect(outcomes.filter((one) => one === 'miss')).toHaveLength(1)
    expect(new Set(played.stampede.map(({ text }) => text)).size).toBe(1)
    const { steps, receipt } = await told('stampede')
    expect(steps).toContainEqual(expect.objectContaining({ step: 'cache', outcome: 'coalesced' }))
    expect(receipt).toMatchObject({ attempts: [] })
    expect(await cacheMetric('coalesced')).toBe(outcomes.length - 1)
  })

  const cacheMetric = (outcome: string): Promise<number> =>
    metricOf(gateway, 'gatehouse_cache_requests_total', { route: 'faq', outcome })
})

describe('a client that lost its answer', () => {
  test('gets it again, and pays once', async () => {
    const [lost, again] = played.repeated
    expect(again).toMatchObject({ status: 200, wire: lost?.wire })
    expect(again?.headers.get('idempotent-replayed')).toBe('true')
    const of = lost?.headers.get('x-request-id') ?? ''
    const { steps, receipt } = await told('repeated')
    expect(steps).toEqual([{ step: 'replay', of }])
    expect(receipt).toMatchObject({ replay_of: of, attempts: [], total: { cost: { nano_usd: '0' } } })
    expect(await metricOf(gateway, 'gatehouse_idempotent_requests_total', { outcome: 'replayed' })).toBe(1)
  })
})
