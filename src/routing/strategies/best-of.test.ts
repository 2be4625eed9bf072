import { describe, expect, test } from 'bun:test'
import { sampleTarget } from '../samples.fixture.ts'
import { STRATEGIES } from './all.ts'
import { rankSample } from './rank-sample.fixture.ts'

const dear = sampleTarget('dear/a', {
  price: { id: 'a', input: 8_000_000n, output: 8_000_000n, simulated: false },
})
const cheap = sampleTarget('cheap/b', {
  price: { id: 'b', input: 1_000_000n, output: 1_000_000n, simulated: false },
})
const quick = { firstTokenMs: 100, perTokenMs: 1, outputTokens: 100 }
const slow = { firstTokenMs: 400, perTokenMs: 4, outputTokens: 100 }

const first = (
  options: Readonly<Record<string, number>>,
  loads = { 'dear/a': quick, 'cheap/b': slow },
): string => {
  const ranking = STRATEGIES.find(({ name }) => name === 'best-of')?.schema.parse(options)
  return rankSample(ranking ?? '', { targets: [dear, cheap], loads })[0] ?? ''
}

describe('the best of all', () => {
  test('is by the weights of the file: price before speed where it says nothing', () => {
    expect(first({})).toStartWith('cheap/b')
    expect(first({ price: 1, speed: 5 })).toStartWith('dear/a')
    expect(first({ price: 0, errors: 0, headroom: 0 })).toStartWith('dear/a')
  })

  test('the decision shows the score and what it is made of', () => {
    expect(first({})).toBe('cheap/b 0.76: price 1.00, errors 1.00, speed 0.25, headroom 1.00')
  })

  test('is none that fails, or that has no room, however cheap it is', () => {
    const failing = { 'dear/a': quick, 'cheap/b': { ...quick, errorShare: 1 } }
    expect(first({ price: 3 }, failing)).toStartWith('dear/a')
    const full = { 'dear/a': quick, 'cheap/b': { ...quick, headroom: 0 } }
    expect(first({}, full)).toStartWith('dear/a')
  })

  test('a target without a price is the last', () => {
    const { price: _price, ...unpriced } = sampleTarget('free/c')
    const order = rankSample('best-of', { targets: [unpriced, dear], loads: {} })
    expect(order.map((line) => line.split(' ')[0])).toEqual(['dear/a', 'free/c'])
  })

  test('stays where it is as long as nobody is better by more than a margin', () => {
    const near = sampleTarget('near/d', {
      price: { id: 'd', input: 1_200_000n, output: 1_200_000n, simulated: false },
    })
    const ranked = (last: string) =>
      rankSample('best-of', { targets: [dear, cheap, near], loads: { [last]: { wasFirst: 1 } } })[0]?.split(
        ' ',
      )[0]
    expect(['near/d', 'dear/a', 'cheap/b'].map(ranked)).toEqual(['near/d', 'cheap/b', 'cheap/b'])
  })
})
