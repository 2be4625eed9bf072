import { describe, expect, test } from 'bun:test'
import { z } from 'zod'
import { featuresOf, OPERATIONS } from '../../exchange/operations/all.ts'
import { NO_LOADS } from '../../exchange/load-view.ts'
import { NO_RESTS } from '../../exchange/rest-view.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { createChooser } from '../../routing/choose.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { DEFAULT_STRATEGY, STRATEGIES } from '../../routing/strategies/all.ts'
import { defineStrategy } from '../../routing/strategies/strategy.ts'
import { describeIssues } from '../schema-issues.ts'
import { toJsonSchema } from '../schema-names.ts'
import { strategySchema } from './strategy.ts'

/** All that a further strategy is. */
const roomiest = defineStrategy({
  name: 'roomiest',
  summary: 'the largest context that is at least `least`',
  reason: { code: 'most-room', sentence: 'It has the largest context.' },
  usesWeights: false,
  options: z.strictObject({ least: z.int({ error: 'a whole number' }).default(0) }),
  rank: (targets, _, { least }) =>
    targets
      .map(({ target }) => ({ target, context: target.capabilities.contextTokens ?? 0 }))
      .filter(({ context }) => context >= least)
      .sort((left, right) => right.context - left.context)
      .map(({ target, context }) => ({ target, detail: `has ${context}` })),
})

const tight = defineStrategy({
  ...roomiest,
  name: 'tight',
  options: z.strictObject({ most: z.int().default(9) }),
  rank: (targets) => targets,
})

const schema = strategySchema([...STRATEGIES, roomiest, tight], DEFAULT_STRATEGY)
const takes = (value: string | object) => schema.parse(value)

function problemsOf(value: { [key: string]: { [key: string]: number | string } } | string): string {
  const checked = {
    value,
    schema: toJsonSchema(schema),
    isKeyNotYet: () => false,
    isValueNotYet: () => false,
  }
  return describeIssues(schema.safeParse(value).error?.issues ?? [], checked)
    .map(({ path, message, hint = '' }) => `${path.join('.')}: ${message}. ${hint}`)
    .join('\n')
}

describe('a further strategy is one file and one line', () => {
  test('a route takes it by name, with the defaults of its options', () => {
    expect(takes('roomiest')).toMatchObject({ strategy: 'roomiest', options: { least: 0 } })
    expect(schema.parse(undefined)).toBeUndefined()
  })

  test('a route takes it with options', () => {
    expect(takes({ roomiest: { least: 9_000 } })).toMatchObject({ options: { least: 9_000 } })
  })

  test.each([
    ['roomist', 'Did you mean "roomiest"?'],
    [{ roomist: {} }, 'roomist: unknown key. Did you mean "roomiest"?'],
    [{ roomiest: { last: 5 } }, 'roomiest.last: unknown key. Did you mean "least"?'],
    [{ roomiest: { least: 'much' } }, 'roomiest.least: expected a whole number'],
    [{ roomiest: {}, tight: {} }, 'expected one strategy with its options'],
    [{}, 'expected one strategy with its options'],
  ])('a mistake in %j is explained', (value, words) => {
    expect(problemsOf(value)).toContain(words)
  })

  test('the reference of the file names it, its words and its options', () => {
    const reference = JSON.stringify(toJsonSchema(schema))
    expect(reference).toContain('roomiest: the largest context that is at least `least`')
    expect(reference).toContain('"least"')
  })

  test('it decides, and the decision holds its reason and its facts', () => {
    const random = createSeededRandom(1)
    const [small, large] = [1_000, 50_000].map((contextTokens) =>
      sampleTarget(`sim/${contextTokens}`, { capabilities: { contextTokens } }),
    )
    if (small === undefined || large === undefined) throw new Error('two are needed')
    const { rank } = createChooser()({
      route: sampleRoute([small, large], { ranking: takes('roomiest') ?? DEFAULT_STRATEGY.standard }),
      features: featuresOf(sampleChat()),
      operation: OPERATIONS.chat,
      rests: NO_RESTS,
      load: NO_LOADS,
      random,
    })
    expect(rank).toEqual({
      step: 'rank',
      strategy: 'roomiest',
      reason: 'most-room',
      targets: [
        { target: 'sim/50000', detail: 'has 50000' },
        { target: 'sim/1000', detail: 'has 1000' },
      ],
    })
  })
})
