import { describe, expect, test } from 'bun:test'
import { createConditionCompiler } from '../../exchange/compile-condition.ts'
import type { Constraint } from '../../exchange/constraint.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Route } from '../../exchange/route.ts'
import { sampleChat, sampleRoute, sampleTarget } from '../../routing/samples.fixture.ts'
import { createRecordingTelemetry, routedExchange } from '../samples.fixture.ts'
import { createPickStep } from './pick-step.ts'

const compile = createConditionCompiler()
const inEurope = (by: string): Constraint => ({
  by,
  text: 'region eu',
  allows: ({ region }) => region === 'eu',
})

function stepped(
  ...steps: readonly (readonly [name: string, when: string | undefined, changes?: Partial<Route>])[]
): Route {
  return sampleRoute([], {
    name: 'support',
    steps: steps.map(([name, when, changes]) => ({
      name,
      ...(when === undefined ? {} : { when: compile(when) }),
      route: sampleRoute([sampleTarget(`sim/${name}`)], { name: 'support', step: name, ...changes }),
    })),
  })
}

async function pick(route: Route, changes: Partial<Exchange> = {}) {
  const telemetry = createRecordingTelemetry()
  const exchange = routedExchange(route, changes)
  const picked = await createPickStep({ telemetry })(exchange)
  return { picked, steps: exchange.trail.steps, counts: Object.fromEntries(telemetry.counts), exchange }
}

describe('picking a step', () => {
  const route = stepped(
    ['gold', "headers['x-tier'] == 'gold'"],
    ['tagged', "'eu' in request.tags", { deadlineMs: 5_000, only: [inEurope('step tagged')] }],
    ['rest', undefined],
  )

  test('the first condition that holds decides, and the exchange goes on as if the step were its route', async () => {
    const { picked, steps } = await pick(route, { requestOptions: { tags: ['eu'] } })
    expect(picked.route?.step).toBe('tagged')
    expect(picked.deadlineAtMs).toBe(picked.startedAtMs + 5_000)
    expect(picked.only?.map(({ by }) => by)).toEqual(['step tagged'])
    expect(steps).toEqual([{ step: 'condition', picked: 'tagged', failed: ['gold'] }])
  })

  test('a condition that cannot be said does not hold, is counted and stands in the decision', async () => {
    const { picked, steps, counts } = await pick(route)
    expect(picked.route?.step).toBe('rest')
    expect(steps).toEqual([{ step: 'condition', picked: 'rest', unmet: ['tagged'], failed: ['gold'] }])
    expect(counts).toEqual({ 'gatehouse_condition_errors_total{route=support,step=gold}': 1 })
  })

  test('constraints that hold already stay', async () => {
    const { picked } = await pick(route, { requestOptions: { tags: ['eu'] }, only: [inEurope('key ci')] })
    expect(picked.only?.map(({ by }) => by)).toEqual(['key ci', 'step tagged'])
  })

  test('a provider that stores the conversation is asked first, as long as the step leads there', async () => {
    const held = { target: 'sim/two', credential: 'sim/main', request: sampleChat(), resumed: sampleChat() }
    const [one, two] = [sampleTarget('sim/one'), sampleTarget('sim/two')]
    const both = stepped(['both', undefined, sampleRoute([one, two], { step: 'both' })])
    expect((await pick(both, { held })).picked.route?.targets.map(({ target }) => target.id)).toEqual([
      'sim/two',
    ])
    const other = stepped(['other', undefined, sampleRoute([one], { step: 'other' })])
    expect((await pick(other, { held })).picked.route?.targets.map(({ target }) => target.id)).toEqual([
      'sim/one',
    ])
  })

  test('a step that refuses refuses in its own words, and the decision says so', () => {
    const telemetry = createRecordingTelemetry()
    const refusing = stepped(['huge', undefined, { targets: [], refuses: 'Send it to batch.' }])
    const exchange = routedExchange(refusing)
    const refused = { code: 'refused-by-rule', status: 400, message: 'Send it to batch.' }
    expect(() => createPickStep({ telemetry })(exchange)).toThrow(expect.objectContaining(refused))
    expect(exchange.trail.steps).toEqual([{ step: 'condition', picked: 'huge', refused: true }])
  })

  test('a plain route passes untouched', async () => {
    const { picked, exchange, steps } = await pick(sampleRoute([sampleTarget('sim/a')]))
    expect(picked).toBe(exchange)
    expect(steps).toEqual([])
  })
})
