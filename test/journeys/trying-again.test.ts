import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import type { RequestRow } from '../../src/store/store.ts'
import { CLIENT_DIALECTS, SETTINGS_IN_TURN, type ClientDialect, type Setting } from '../modes.ts'
import { hear } from '../wire/hear.ts'
import type { Refusal } from '../wire/wire-format.ts'
import { ask, attemptsOf, type Answer } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'
import { openScriptedProvider } from './scripted-provider.ts'

const FILTERED: Readonly<Record<ClientDialect, Partial<Refusal>>> = {
  'openai-chat': { code: 'content_policy_violation' },
  'openai-responses': { code: 'content_policy_violation' },
  'anthropic-messages': { message: 'Output blocked by content filtering policy' },
  gemini: { message: 'The prompt was blocked by our content filtering policy.' },
}

/** Refuses everything by its filter. */
const filter = openScriptedProvider(({ request, body }) => {
  const { pathname, search } = new URL(request.url)
  const { wire, dialect } = hear({ head: `POST ${pathname}${search}`, body })
  const refusal = { status: 400, message: 'Not like this.', ...FILTERED[dialect] }
  return Response.json(wire.error(refusal), { status: 400 })
})

/** The routes of one setting: what each is told to do when something fails. */
const routesOf = ({ spoken }: Setting, index: number) => {
  const at = (model: string): string => `at-${spoken}/${model}`
  const good = at('echo?id=good')
  return {
    // Their contexts are believed to be larger than they are, so that the overflow is not foreseen.
    [`grows-${index}`]: {
      targets: [at('smart?context=8&id=small'), at('smart?context=8&id=medium'), at('echo?id=large')],
    },
    [`led-${index}`]: {
      targets: [at('smart?context=8&id=led'), at('smart?id=never')],
      fallback: { after: { 'context-overflow': [good] } },
    },
    [`refused-${index}`]: {
      targets: [`filter-${spoken}/m`, at('smart?id=not-chosen')],
      fallback: { after: { refused: [at('flaky?rate=1&error=501&id=alt'), good] } },
    },
    [`once-${index}`]: { targets: [at(`fault?kind=html-200&times=1&as=echo&id=once-${index}`)] },
    [`kind-${index}`]: {
      targets: [at(`fault?kind=empty-200&times=1&as=echo&id=kind-${index}`), at('smart?id=unasked')],
      retry: { attempts: 1, backoff: '20ms..50ms', errors: ['bad-output' as const] },
    },
    [`never-${index}`]: {
      targets: [at('fault?kind=status-500&id=never'), good],
      retry: { attempts: 0 },
      fallback: { never: ['server-error'] },
    },
  }
}

const contextOf = (spoken: ClientDialect) => ({
  [`at-${spoken}/smart?context=8&id=small`]: { context: '100k' },
  [`at-${spoken}/smart?context=8&id=medium`]: { context: '50k' },
  [`at-${spoken}/echo?id=large`]: { context: '200k' },
})

const PRICE = { input: 3, output: 7 }
const routes = Object.assign({}, ...SETTINGS_IN_TURN.map(routesOf)) as ReturnType<typeof routesOf>
const contexts: Readonly<Record<string, { readonly context: string }>> = Object.assign(
  {},
  ...CLIENT_DIALECTS.map(contextOf),
)
/** Everybody who may be asked has a price. */
const models = Object.fromEntries(
  Object.values(routes)
    .flatMap((route) => [
      ...route.targets,
      ...('fallback' in route && 'after' in route.fallback ? Object.values(route.fallback.after).flat() : []),
    ])
    .map((model) => [model, { ...contexts[model], price: PRICE }]),
)

const clock = createTickingClock(10)
let house: House
beforeAll(async () => {
  house = await openHouse({
    clock,
    providers: (url) =>
      Object.fromEntries(
        CLIENT_DIALECTS.flatMap((spoken) => [
          [`at-${spoken}`, providerEntry(url, { dialects: [spoken] })],
          [`filter-${spoken}`, providerEntry(filter.url, { dialects: [spoken] })],
        ]),
      ),
    config: {
      models,
      routes,
    },
  })
  clock.start()
})
afterAll(async () => {
  await house.close()
  clock.stop()
  await filter.close()
})

interface Outcome {
  readonly answer: Answer
  readonly row: RequestRow
  /** Target and outcome of each attempt. */
  readonly attempts: readonly string[]
  readonly steps: readonly JsonObject[]
}

async function askRoute(kind: string, setting: Setting): Promise<Outcome> {
  const { dialect, mode } = setting
  const model = `${kind}-${SETTINGS_IN_TURN.indexOf(setting)}`
  const answer = await ask(house.url, { dialect, mode, model, key: house.key(), text: 'Say exactly this.' })
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  const attempts = attemptsOf(row).map((attempt) => {
    const name = /id=([a-z]+(-[a-z]+)?)/.exec(readString(attempt, 'target') ?? '')?.[1] ?? 'filter'
    return `${name}: ${readString(attempt, 'outcome')}`
  })
  const decision = row.decision === undefined ? undefined : readDecision(row.decision)
  return { answer, row, attempts, steps: decision === undefined ? [] : readObjects(decision, 'steps') }
}

const reasonsIn = (steps: readonly JsonObject[]): readonly (string | undefined)[] =>
  steps.flatMap(
    (step) =>
      readString(step, 'reason') ?? readObjects(step, 'targets').map((one) => readString(one, 'reason')),
  )

describe.each(SETTINGS_IN_TURN)('a $dialect client, $mode, of $spoken', (setting) => {
  const whole = { status: 200, text: 'Say exactly this.', complete: true }

  test('is led by an overflow that nobody foresaw to the largest model first', async () => {
    const { answer, attempts, steps } = await askRoute('grows', setting)
    expect(answer).toMatchObject(whole)
    expect(attempts).toEqual(['small: context-overflow', 'large: ok'])
    expect(reasonsIn(steps)).toContain('larger-context')
  })

  test('is led by an overflow to the models that the route has for it', async () => {
    const { answer, attempts, steps } = await askRoute('led', setting)
    expect(answer).toMatchObject(whole)
    expect(attempts).toEqual(['led: context-overflow', 'good: ok'])
    expect(reasonsIn(steps)).toContain('for-this-failure')
  })

  test('is led by a refusal to those that were chosen for it, and to nobody else', async () => {
    const { answer, attempts } = await askRoute('refused', setting)
    expect(attempts[0]).toBe('filter: content-refused')
    expect(attempts.at(-1)).toBe('good: ok')
    expect(attempts.join()).not.toContain('not-chosen')
    expect(answer).toMatchObject(whole)
  })

  test('has a malformed answer asked for once more where there is nobody else', async () => {
    const { answer, attempts } = await askRoute('once', setting)
    expect(answer.status).toBe(200)
    expect(attempts).toEqual(['once: malformed-response', 'once: ok'])
  })

  test('has what the route asks again asked again before the next target is', async () => {
    const { answer, attempts } = await askRoute('kind', setting)
    expect(answer).toMatchObject(whole)
    expect(attempts).toEqual(['kind: empty-response', 'kind: ok'])
  })

  test('is not led anywhere by a kind of failure that the route keeps where it is', async () => {
    const { answer, attempts } = await askRoute('never', setting)
    expect(attempts).toEqual(['never: provider-error'])
    expect(answer.status).toBeGreaterThanOrEqual(500)
  })
})

test('and the ledger holds the attempts that the provider was asked for, and no other', async () => {
  const records = await house.close()
  const asked = house.provider.bill.entries().map(({ attemptId }) => attemptId ?? '')
  const booked = records.ledger.filter(({ target }) => target.startsWith('at-')).map(({ id }) => id)
  expect(booked.toSorted()).toEqual(asked.toSorted())
  const { exact } = await expectBill({ records, bill: house.provider.bill, models })
  expect(exact).toBeGreaterThan(60)
})
