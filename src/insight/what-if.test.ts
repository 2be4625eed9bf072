import { describe, expect, test } from 'bun:test'
import { compileText } from '../config/compile.fixture.ts'
import { sampleCaller } from '../exchange/caller.fixture.ts'
import { writeDecision } from '../exchange/decision-record.ts'
import { createConditionCompiler } from '../exchange/compile-condition.ts'
import { sampleEnvelope } from '../exchange/envelope.fixture.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { FACTS } from '../exchange/facts.ts'
import { factsOf } from '../exchange/facts-of.ts'
import { NO_FEATURES } from '../exchange/features.ts'
import { NO_LOADS } from '../exchange/load-view.ts'
import { restsAsTold } from '../exchange/rest-view.ts'
import type { Plan } from '../gateway/plan.ts'
import { parseJson } from '../kit/json.ts'
import { createMatchRoute } from '../policies/request/match-route.ts'
import { createPickStep } from '../policies/request/pick-step.ts'
import { createRecordingTelemetry, sampleExchange, sampleResult } from '../policies/samples.fixture.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../routing/samples.fixture.ts'
import type { RequestRow } from '../store/store.ts'
import { PastFacts } from './past-facts.ts'
import { toWhatIfJson } from './what-if-json.ts'
import { WhatIf } from './what-if.ts'

const HEAD = `
providers:
  eu: { type: openai-compatible, base_url: "https://eu.example/v1", region: eu }
  us: { type: openai-compatible, base_url: "https://us.example/v1", region: us }
models:
  eu/a: { price: { input: 2, output: 10 } }
  us/a: { price: { input: 1, output: 5 } }
  us/b: { price: { input: 0.5, output: 1 }, tools: false }
`
const [EU_A, US_A, US_B] = ['eu/a@eu', 'us/a@us', 'us/b@us']

const NOW = `
routes:
  smart: { targets: [eu/a, us/a] }
  held: { only: { region: eu }, targets: [eu/a] }
  stepped:
    steps:
      - { name: gold, when: "'x-tier' in headers && headers['x-tier'] == 'gold'", targets: [eu/a] }
      - { name: rest, targets: [us/a] }
`

function planOf(routes: string): Plan {
  const { plan, problems } = compileText(HEAD + routes)
  if (plan === undefined)
    throw new Error(problems.map(({ path, message }) => `${path}: ${message}`).join('\n'))
  return plan
}

const current = planOf(NOW)
const pick = createPickStep({ telemetry: createRecordingTelemetry() })
let ids = 0

/** The line of a request that was decided on under the file as it is, and answered by the first. */
function lineOf(model: string, changes: Partial<Exchange> = {}, line: Partial<RequestRow> = {}): RequestRow {
  ids += 1
  const asked = sampleExchange({
    id: `req_${ids}`,
    request: sampleChat({ model }),
    caller: sampleCaller(),
    planVersion: current.version,
    ...changes,
  })
  const route = current.resolveRoute(model)
  const taken = pick({ ...asked, ...(route !== undefined && { route }) })
  if (taken instanceof Promise || taken.route === undefined) throw new Error('a step is picked at once')
  const { trail } = asked
  const rests = restsAsTold({})
  const question = {
    route: taken.route,
    operation: { name: 'chat' },
    features: { ...NO_FEATURES, inputTokens: 100 },
  }
  trail.choice = { ...question, rests, load: NO_LOADS }
  const first = taken.route.targets[0]?.target.id ?? ''
  trail.decide({ step: 'rank', strategy: 'ordered', reason: 'first-in-order', targets: [{ target: first }] })
  trail.close(sampleResult({ target: first }))
  return {
    id: asked.id,
    atMs: asked.startedAtMs,
    dialect: 'openai-chat',
    operation: 'chat',
    stream: true,
    requestedModel: model,
    route: model,
    target: first,
    owners: { key: 'key000000001' },
    outcome: 'ok',
    status: 200,
    durationMs: 500,
    firstEventMs: 100,
    upstreamMs: 500,
    inputTokens: 1_000,
    outputTokens: 100,
    costNanoUsd: 3_000_000n,
    estimated: false,
    simulated: false,
    attempts: `${first}=ok/500ms`,
    notices: '',
    decision: writeDecision(asked) ?? '',
    planVersion: current.version,
    ...line,
  }
}

/** What a draft makes of lines, as it is told. */
function whatIf(draft: string, rows: readonly RequestRow[]) {
  const callerOf = () => sampleCaller()
  const one = new WhatIf({
    draft: { plan: planOf(draft), callerOf },
    current: { plan: current, callerOf },
  })
  for (const row of rows) one.measure(row)
  for (const row of rows) one.decide(row)
  return toWhatIfJson(one.tally)
}

describe('what a draft would have made of the log', () => {
  test('of a file that says the same, nothing', () => {
    const told = whatIf(NOW, [lineOf('smart'), lineOf('held'), lineOf('stepped')])
    expect(told).toMatchObject({ requests: 3, unchanged: 3, moved: 0, moves: [], unknown: [], examples: [] })
    expect(told.cost).toMatchObject({
      recorded_usd: '0.009000',
      expected_usd: '0.009000',
      difference_percent: 0,
    })
  })

  test('who moves where, at what price, and how soon answers begin there', () => {
    const seen = Array.from({ length: 5 }, () => lineOf('stepped', {}, { firstEventMs: 40 }))
    const rows = [...seen, ...Array.from({ length: 5 }, () => lineOf('smart'))]
    const told = whatIf(NOW.replace('[eu/a, us/a]', '[us/a, eu/a]'), rows)
    expect(told.moves).toEqual([
      {
        from: EU_A,
        to: US_A,
        requests: 5,
        share: 0.5,
        // 1,000 tokens at $1 and 100 at $5 per million.
        cost: {
          recorded_usd: '0.015000',
          expected_usd: '0.007500',
          difference_usd: '-0.007500',
          difference_percent: -50,
        },
        unpriced_requests: 0,
        first_event_ms_recorded: 100,
        first_event_ms_expected: 40,
        example: expect.stringContaining('req_'),
      },
    ])
  })

  test('who writes at greater length costs more than his price says', () => {
    const wordy = Array.from({ length: 5 }, () => lineOf('stepped', {}, { outputTokens: 300 }))
    const told = whatIf(NOW.replace('[eu/a, us/a]', '[us/a, eu/a]'), [
      ...wordy,
      ...Array.from({ length: 5 }, () => lineOf('smart')),
    ])
    expect(told.moves[0]?.cost.expected_usd).toBe('0.012500')
  })

  test('whom nobody could be asked for any more, and why', () => {
    const draft = NOW.replace('[eu/a, us/a]', '[us/b]').replace('  held:', '  other:')
    const tools = [{ type: 'function' as const, name: 'look' }]
    const line = lineOf('smart', { request: sampleChat({ model: 'smart', tools }) })
    const needing = {
      ...line,
      decision: line.decision?.replace('"inputTokens":100', '"inputTokens":100,"tools":true') ?? '',
    }
    const told = whatIf(draft, [needing, lineOf('held')])
    expect(told.newly_unroutable.map(({ code, requests }) => [code, requests])).toEqual([
      ['unsupported-feature', 1],
      ['model-not-found', 1],
    ])
    expect(told.newly_unroutable[0]?.message).toContain(`${US_B} calls no tools`)
    expect(told.examples).toHaveLength(2)
  })

  test('constraints that hold now, and that it leads out of', () => {
    const told = whatIf(NOW.replace('{ only: { region: eu }, targets: [eu/a] }', '{ targets: [us/a] }'), [
      lineOf('held'),
      lineOf('smart'),
    ])
    expect(told.constraints_broken).toEqual([
      { by: 'route held', wants: 'region eu', target: US_A, requests: 1, example: expect.any(String) },
    ])
  })

  test('a header that nobody asked for then is not guessed', () => {
    const draft = NOW.replace("headers['x-tier'] == 'gold'", "headers['x-plan'] == 'gold'").replace(
      "'x-tier' in",
      "'x-plan' in",
    )
    const envelope = sampleEnvelope({ 'x-tier': 'gold', 'x-plan': 'gold' })
    const told = whatIf(draft, [lineOf('stepped', { envelope }), lineOf('smart')])
    expect(told.unknown).toEqual([{ what: 'headers.x-plan', requests: 1, example: expect.any(String) }])
    expect(told.unchanged).toBe(1)
    // The one that was asked for is known.
    expect(whatIf(NOW, [lineOf('stepped', { envelope })])).toMatchObject({ unknown: [], unchanged: 1 })
  })

  test('a header that only the match of a route has read is known, and one that none has read is not', () => {
    const envelope = sampleEnvelope({ 'x-tier': 'gold', 'x-plan': 'gold' })
    const { trail, ...asked } = sampleExchange({ envelope })
    const when = createConditionCompiler()("'x-tier' in headers && headers['x-tier'] == 'none'")
    const route = sampleRoute([sampleTarget('us/b')])
    createMatchRoute([{ when, route }], createRecordingTelemetry())?.({ ...asked, trail })
    const line = lineOf('smart', { envelope, trail })
    const taking = (header: string): string =>
      `${NOW}  taken: { match: "'${header}' in headers && headers['${header}'] == 'gold'", targets: [us/b] }\n`
    expect(whatIf(taking('x-tier'), [line])).toMatchObject({
      unknown: [],
      moves: [{ from: EU_A, to: US_B, requests: 1 }],
    })
    expect(whatIf(taking('x-plan'), [line]).unknown).toMatchObject([{ what: 'headers.x-plan', requests: 1 }])
  })

  test('a record of version 3 is decided on as far as the draft asks for what it holds', () => {
    const line = lineOf('smart')
    const { facts: _, ...old } = parseJson(line.decision ?? '') as Record<string, never>
    const third = { ...line, decision: JSON.stringify({ ...old, v: 3 }) }
    expect(whatIf(NOW, [third])).toMatchObject({ unchanged: 1, unknown: [] })
    const tagged = `routes: { smart: { steps: [{ name: a, when: "'x' in request.tags", targets: [us/a] }, { name: b, targets: [eu/a] }] } }`
    expect(whatIf(tagged, [third]).unknown[0]?.what).toBe('request.tags')
    expect(whatIf(tagged, [line])).toMatchObject({ unchanged: 1, unknown: [] })
  })

  test('requests of the house itself, and those that nobody was chosen for, are left out and counted', () => {
    const { decision: _, ...refused } = lineOf('smart')
    const told = whatIf(NOW, [lineOf('smart', {}, { purpose: 'judge' }), refused])
    expect(told).toMatchObject({ requests: 2, asked_by_the_gateway: 1, not_decided: 1, unchanged: 0 })
  })
})

test('every fact is known of a record, unless it is one of those that are recorded where a condition reads them', () => {
  const line = lineOf('smart')
  const facts = new PastFacts({
    row: line,
    features: NO_FEATURES,
    recorded: { known: new Map(), unfit: new Set() },
    caller: sampleCaller({
      accounts: [
        { scope: 'key', id: 'k', name: 'k', limits: {}, budgets: [{ window: 'day', limitNanoUsd: 1n }] },
      ],
    }),
  })
  for (const { name, byMember } of FACTS) facts.read(byMember === true ? `${name}.x` : name)
  const expected = FACTS.map(({ name }) => name).filter((name) =>
    /^(request\.text|request\.system|budget|client\.address)/.test(name),
  )
  expect([...(facts.unknown ?? [])].toSorted()).toEqual([...expected, 'headers.x'].toSorted())
  const exchange = sampleExchange()
  const live = factsOf(exchange)
  const row = { ...line, requestedModel: 'sample', dialect: exchange.dialect, keyName: 'tests' }
  const past = new PastFacts({
    row,
    features: { ...NO_FEATURES, inputTokens: Number(live.read('request.input_tokens')) },
    recorded: { known: new Map([['request.turns', 1]]), unfit: new Set() },
    caller: exchange.caller,
  })
  const known = FACTS.filter(({ name }) => !expected.includes(name) && name !== 'headers')
  for (const { name } of known) expect([name, past.read(name)]).toEqual([name, live.read(name)])
})

test('one request after the other takes its turn by weight', () => {
  const draft = `routes: { smart: { strategy: weighted, affinity: none, targets: [{ model: eu/a, weight: 3 }, us/a] } }`
  const told = whatIf(
    draft,
    Array.from({ length: 40 }, () => lineOf('smart')),
  )
  expect(told).toMatchObject({ unchanged: 30, moved: 10 })
})
