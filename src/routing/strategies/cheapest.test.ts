import { describe, expect, test } from 'bun:test'
import { NO_FEATURES } from '../../exchange/features.ts'
import type { Price, Target } from '../../exchange/target.ts'
import { parsePricePerMillion } from '../../kit/money.ts'
import { sampleTarget } from '../samples.fixture.ts'
import { rankSample } from './rank-sample.fixture.ts'

const usd = parsePricePerMillion

function priced(id: string, input: number, output: number, more: Partial<Price> = {}): Target {
  return sampleTarget(id, {
    price: { id, input: usd(input), output: usd(output), simulated: false, ...more },
  })
}

const TERSE = priced('terse/a', 3, 15)
const CHATTY = priced('chatty/b', 1, 8)
const LONG = { features: { ...NO_FEATURES, inputTokens: 10_000 } }

describe('the cheapest', () => {
  test('is the one whose answers cost least, not the one with the lower prices', () => {
    const loads = { 'terse/a': { outputTokens: 200 }, 'chatty/b': { outputTokens: 5_000 } }
    expect(rankSample('cheapest', { targets: [CHATTY, TERSE], loads, question: LONG })).toEqual([
      'terse/a $0.033000: 10000 in, 200 out',
      'chatty/b $0.050000: 10000 in, 5000 out',
    ])
  })

  test('is by price alone where nothing was measured, and by what others answer where one was not', () => {
    expect(rankSample('cheapest', { targets: [TERSE, CHATTY], loads: {}, question: LONG })).toEqual([
      'chatty/b $0.014000: 10000 in, 500 out',
      'terse/a $0.037500: 10000 in, 500 out',
    ])
    const seen = { 'terse/a': { outputTokens: 100 } }
    expect(rankSample('cheapest', { targets: [TERSE, CHATTY], loads: seen, question: LONG })[0]).toBe(
      'chatty/b $0.010800: 10000 in, 100 out',
    )
  })

  test('counts input that the provider has cached at what that costs', () => {
    const cached = priced('warm/c', 3, 15, { cacheRead: usd(0.3) })
    const loads = {
      'warm/c': { cachedShare: 0.9, outputTokens: 100 },
      'chatty/b': { outputTokens: 100 },
    }
    expect(rankSample('cheapest', { targets: [CHATTY, cached], loads, question: LONG })).toEqual([
      'warm/c $0.007200: 10000 in, 90 % cached, 100 out',
      'chatty/b $0.010800: 10000 in, 100 out',
    ])
  })

  test('expects no more than is asked for', () => {
    const question = { features: { ...NO_FEATURES, inputTokens: 1_000, maxOutputTokens: 10 } }
    const loads = { 'terse/a': { outputTokens: 4_000 } }
    expect(rankSample('cheapest', { targets: [TERSE], loads, question })).toEqual([
      'terse/a $0.003150: 1000 in, 10 out',
    ])
  })

  test('a price that is not known is no bargain', () => {
    const { price: _price, ...unpriced } = sampleTarget('free/d')
    expect(rankSample('cheapest', { targets: [unpriced, TERSE], loads: {}, question: LONG })).toEqual([
      'terse/a $0.037500: 10000 in, 500 out',
      'free/d no price',
    ])
  })

  test('stays where it is as long as nobody is cheaper by more than a margin', () => {
    const near = priced('near/e', 1.02, 8)
    const far = priced('far/f', 1.2, 9)
    const first = (last: string): string | undefined =>
      rankSample('cheapest', {
        targets: [CHATTY, near, far],
        loads: { [last]: { wasFirst: 1 } },
        question: LONG,
      })[0]?.split(' ')[0]
    expect(['chatty/b', 'near/e', 'far/f', 'gone/g'].map(first)).toEqual([
      'chatty/b',
      'near/e',
      'chatty/b',
      'chatty/b',
    ])
  })

  test('a request that asks for service at another price is judged by that', () => {
    const tiers = new Map([['priority', { price: { times: [4n, 1n] as const } }]])
    const spoken = [{ dialect: 'd', baseUrl: '', auth: { header: 'a', prefix: '' }, headers: {}, quirks: {} }]
    const dear = { ...priced('dear/h', 1, 8, { serviceTiers: tiers }), spoken }
    const service = { dialect: 'd', words: ['priority'] }
    const [first] = rankSample('cheapest', {
      targets: [dear, TERSE],
      loads: {},
      question: { ...LONG, service },
    })
    expect(first).toStartWith('terse/a')
  })

  describe('reckons with the cache in which a conversation lies', () => {
    const dear = priced('dear/m', 10, 10, { cacheRead: usd(1) })
    const cheap = (input: number) =>
      priced('cheap/m', input, 10, { cacheRead: usd(Number((input / 10).toFixed(3))) })
    const LOADS = { 'dear/m': { outputTokens: 100 }, 'cheap/m': { outputTokens: 100 } }
    const ranked = (input: number, tokens = 10_000, at = 'dear/m') =>
      rankSample('cheapest', {
        targets: [cheap(input), dear],
        loads: LOADS,
        question: { ...LONG, affinity: { by: 'session', hash: 1, bound: 2, warm: { target: at, tokens } } },
      })

    test('it stays until another is so much cheaper that leaving pays although its cache is lost', () => {
      expect(ranked(1.1)).toEqual([
        'dear/m $0.011000: 10000 in, 100 % cached, 100 out',
        'cheap/m $0.012000: 10000 in, 100 out, $0.009900 of it for leaving the cache at dear/m',
      ])
      expect(ranked(0.9)).toEqual([
        'cheap/m $0.010000: 10000 in, 100 out, $0.008100 of it for leaving the cache at dear/m',
        'dear/m $0.011000: 10000 in, 100 % cached, 100 out',
      ])
    })

    test('with what lies there, and no more: a short beginning holds nobody', () => {
      expect(ranked(5)[0]).toStartWith('dear/m')
      expect(ranked(5, 1_000)).toEqual([
        'cheap/m $0.051000: 10000 in, 100 out, $0.004500 of it for leaving the cache at dear/m',
        'dear/m $0.092000: 10000 in, 10 % cached, 100 out',
      ])
    })

    test('and with a cache at somebody who cannot be asked all are as cold as they are', () => {
      const [first] = ranked(5, 10_000, 'gone/m')
      expect(first).toBe(
        'cheap/m $0.051000: 10000 in, 100 out, $0.045000 of it for leaving the cache at gone/m',
      )
    })
  })
})
