import { expect, test } from 'bun:test'
import { requestRow } from '../../test/contract/request-row.ts'
import type { JsonObject } from '../kit/json.ts'
import type { RequestRow } from '../store/store.ts'
import { CacheOpportunity, type OpportunityTerms } from './cache-opportunity.ts'

const HOUR_MS = 3_600_000
const TERMS: OpportunityTerms = { ttlMs: HOUR_MS, scope: 'team' }

interface Said {
  readonly text: string
  readonly at?: number
  readonly row?: Partial<RequestRow>
  readonly request?: JsonObject
  readonly finish?: string
  readonly keep?: string
}

function report(said: readonly Said[], terms = TERMS) {
  const opportunity = new CacheOpportunity(terms)
  for (const [place, { text, at = place, row, request, finish = 'stop', keep = 'full' }] of said.entries())
    opportunity.see({
      row: requestRow(`req_${place}`, {
        route: 'faq',
        atMs: at,
        costNanoUsd: 1_000n,
        owners: { key: 'k', team: 't' },
        attemptCount: 1,
        ...row,
      }),
      text: JSON.stringify({
        v: 1,
        keep,
        request: {
          model: 'faq',
          temperature: 0,
          turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
          ...request,
        },
        answer: { choices: [{ blocks: [], finish }] },
      }),
    })
  return toldBy(opportunity)
}

function toldBy(opportunity: CacheOpportunity) {
  const steps = opportunity.report()
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

test('what is asked again in time by whoever shares it is saved', () => {
  const [route] = report([
    { text: 'When do you open?', at: 0 },
    { text: 'When do you open?', at: HOUR_MS - 1, request: { stream: true, user: 'ana' } },
    { text: 'When do you open?', at: HOUR_MS },
    { text: 'When do you close?', at: 1 },
    { text: 'When do you open?', at: 2, row: { owners: { key: 'k', team: 'other' } } },
    { text: 'When do you open?', at: 3, request: { max_output_tokens: 7 } },
  ])
  expect(route).toMatchObject({
    requests: 6,
    costNanoUsd: 6_000n,
    exact: { requests: 1, savedNanoUsd: 1_000n, simulatedSavedNanoUsd: 0n, tokens: 15 },
    sampled: { requests: 0 },
  })
})

test('real and invented money, and what another answer is wanted for each time, are told apart', () => {
  const joke: Said = { text: 'A joke!', request: { temperature: 0.7 } }
  const invented: Said = { text: 'Really?', row: { simulated: true } }
  const [route] = report([joke, joke, invented, invented])
  expect(route).toMatchObject({
    exact: { requests: 1, savedNanoUsd: 0n, simulatedSavedNanoUsd: 1_000n },
    sampled: { requests: 1, savedNanoUsd: 1_000n },
  })
})

test.each([
  ['failed', { row: { outcome: 'upstream-error' } }],
  ['kept-already', { row: { attemptCount: 0 } }],
  ['cut-off', { finish: 'length' }],
  ['hosted-tools', { request: { tools: [{ type: 'hosted' }] } }],
  ['incomplete', { request: { turns_left_out: 3 } }],
] as const)('what is %s is neither kept nor saved', (unfit, said) => {
  const [route] = report([
    { text: 'a', ...said },
    { text: 'a', ...said },
  ])
  expect(route).toMatchObject({ requests: 2, exact: { requests: 0 }, unfit: { [unfit]: 2 } })
})

test('routes stand in the order of what they would save, and what was redacted is told', () => {
  const asked = (route: string, times: number): Said[] =>
    Array.from({ length: times }, () => ({ text: 'a', keep: 'redacted', row: { route } }))
  const told = report([...asked('few', 2), ...asked('many', 5), ...asked('none', 1)])
  expect(told.map(({ route, redacted, exact }) => [route, redacted, exact.requests])).toEqual([
    ['many', 5, 4],
    ['few', 2, 1],
    ['none', 1, 0],
  ])
})

test('what the house asked itself, and what cannot be read, is left out', () => {
  expect(report([{ text: 'a', row: { purpose: 'judge' } }])).toEqual([])
  const opportunity = new CacheOpportunity(TERMS)
  opportunity.see({ row: requestRow('req_1', { route: 'faq' }), text: '{' })
  expect(toldBy(opportunity)).toEqual([])
})

test('what is asked in other words is similar where no guard stands against it, and the rest of the request is the same', () => {
  const price = 'How much does a ticket to Rome cost?'
  const same = 'What is the price of a ticket to Rome?'
  const [route] = report([
    { text: price, at: 0 },
    { text: same, at: 1 },
    { text: 'How much does a ticket to Paris cost?', at: 2 },
    { text: same, at: 3, request: { max_output_tokens: 7 } },
    { text: same, at: 4, row: { owners: { key: 'k', team: 'other' } } },
    { text: same, at: 5 },
    { text: 'what is the price of a ticket to rome', at: HOUR_MS + 10 },
  ])
  expect(route).toMatchObject({
    exact: { requests: 1 },
    similar: { requests: 1, savedNanoUsd: 1_000n, tokens: 15 },
    neverSimilar: {},
    advice: { word: 'exact' },
  })
})

const FOUND = { guardrail: 'mail', verdict: 'flagged', found: { email: 1 } }
const decided = (verdict: JsonObject): string =>
  JSON.stringify({ v: 3, steps: [{ step: 'guard', phase: 'input', verdicts: [verdict] }] })
const blockOf = (type: string): JsonObject => ({ turns: [{ role: 'user', blocks: [{ type, text: 'a' }] }] })

test.each<[string, Said]>([
  ['operation', { text: 'a', row: { operation: 'embed' } }],
  ['tools', { text: 'a', request: { tools: [{ type: 'function', name: 'look' }] } }],
  ['tools', { text: 'a', request: blockOf('tool-result') }],
  ['turn', { text: 'a', request: blockOf('media') }],
  ['long', { text: 'a '.repeat(1_001) }],
  ['time', { text: 'What is the weather like today?' }],
  ['personal', { text: 'Where is my parcel?' }],
  ['code', { text: 'Write a function in rust.' }],
  ['flagged', { text: 'a', row: { decision: decided(FOUND) } }],
])('what has to do with %s is never similar, and the route is named for it', (reason, said) => {
  const [route] = report([said, { ...said, at: 2 * HOUR_MS }])
  expect(route).toMatchObject({
    similar: { requests: 0 },
    neverSimilar: { [reason]: 2 },
    advice: { word: 'not', reason, share: 1 },
  })
})

test('what is of one person may be similar where nobody shares it, and a guardrail that only watches says nothing', () => {
  const owners = { key: 'k', customer: 'c' }
  const watched = decided({ ...FOUND, shadow: true })
  const own = (text: string): Said => ({ text, row: { owners, decision: watched } })
  const [route] = report([own('Where is my parcel?'), own('Where is my parcel')], {
    ...TERMS,
    scope: 'customer',
  })
  expect(route).toMatchObject({ similar: { requests: 1 }, neverSimilar: {} })
})

test('advice is one word for a route: what the same words may mean goes before what would be saved', () => {
  const today: Said = { text: 'What is the weather like today?' }
  const joke: Said = { text: 'Tell a joke.', request: { temperature: 1 } }
  const asked = (route: string, said: readonly Said[]): Said[] =>
    said.map((one) => ({ ...one, row: { ...one.row, route } }))
  const told = report([
    ...asked('weather', [today, today, today]),
    ...asked('jokes', [joke, joke]),
    ...asked('facts', [{ text: 'Why is the sky blue?' }, { text: 'why is the sky blue' }]),
    ...asked('opening', [{ text: 'When do you open?' }, { text: 'When do you open?' }]),
    ...asked('essays', [{ text: 'Tell me of Rome.' }, { text: 'Tell me of Paris.' }]),
  ])
  expect(Object.fromEntries(told.map(({ route, advice }) => [route, advice]))).toEqual({
    weather: { word: 'not', reason: 'time', share: 1 },
    jokes: { word: 'exact+sampled' },
    facts: { word: 'similar' },
    opening: { word: 'exact' },
    essays: { word: 'nothing' },
  })
})
