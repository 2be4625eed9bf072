import { expect, test } from 'bun:test'
import { sampleTarget } from '../routing/samples.fixture.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import { createLaneChooser } from './choose-lane.ts'
import { ResponseCounts } from './response-counts.ts'
import { createWordDialect } from './word-dialect.fixture.ts'

test('answers are counted by provider, lane and class of status', () => {
  const counts = new Map<string, number>()
  const counting = new ResponseCounts({
    ...SILENT,
    counter(name, labels) {
      const key = [name, ...Object.values(labels ?? {})].join(' ')
      return { add: (by) => void counts.set(key, (counts.get(key) ?? 0) + by) }
    },
  })
  const dialect = createWordDialect()
  const choose = createLaneChooser(new Map([[dialect.name, dialect]]))
  const auth = { header: 'authorization', prefix: '' }
  const spoken = { dialect: dialect.name, baseUrl: 'http://one', auth, headers: {}, quirks: {} }
  const target = { ...sampleTarget('one/a'), spoken: [spoken] }
  const choice = choose(target, dialect.name, { operation: 'chat', stream: false })
  if (choice === undefined) throw new Error('there is no way to the target')
  for (const status of [200, 201, 429, 503, 200]) counting.count(choice, status)
  expect(Object.fromEntries(counts)).toEqual({
    [`gatehouse_provider_responses_total one ${choice.lane} 2xx`]: 3,
    [`gatehouse_provider_responses_total one ${choice.lane} 4xx`]: 1,
    [`gatehouse_provider_responses_total one ${choice.lane} 5xx`]: 1,
  })
})
