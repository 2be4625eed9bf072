import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { ConfigFile } from '../../src/config/config-file.fixture.ts'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS, SETTINGS, type ClientDialect } from '../modes.ts'
import { ask, type Answer, type Question } from './asking.ts'
import { openRunningGateway } from '../running-gateway.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House, type Records } from './open-house.ts'

/*
 * Cheap first: an answer that is not good enough is not shown, the next target is asked, and both are paid and on record. One house,
 * whose whole ledger is held against the bill of its provider at the end.
 */

const QUESTION = 'Which baskets have apples left over?'
const CENT = { price: { input: 0, output: 0, request: 0.01 } }
/** A tenth of a cent for a token that is written, and nothing for what is read. */
const BY_TOKEN = { price: { input: 0, output: 1_000 } }
const CENT_NANO_USD = 10_000_000n

type Routes = NonNullable<ConfigFile['routes']>

/** A bad answer, whoever finds it, and what of the request makes it bad. */
const FOUND: readonly (readonly [how: string, by: string, reason: string, extra?: JsonObject])[] = [
  ['arithmetic', 'arithmetic', 'wrong-sum'],
  ['blank', 'empty', 'says-nothing'],
  ['loop', 'repetition', 'loops'],
  ['script', 'language', 'other-script'],
  ['refusal', 'refusal', 'declined-in-words'],
  ['length', 'truncation', 'cut-by-limit'],
  ['unsure', 'log-probabilities', 'unsure', { logprobs: true }],
  ['schema', 'schema', 'breaks-schema', { response_format: schemaFormat() }],
  ['prose', 'schema', 'no-json', { response_format: schemaFormat() }],
  ['cut-json', 'truncation', 'unfinished-json', { response_format: schemaFormat() }],
  ['tool', 'tool-arguments', 'unknown-tool', { tools: [lookTool()] }],
  ['arguments', 'tool-arguments', 'breaks-schema', { tools: [lookTool()] }],
]

function schemaFormat(): JsonObject {
  const schema = { type: 'object', properties: { apples: { type: 'integer' } }, required: ['apples'] }
  return { type: 'json_schema', json_schema: { name: 'count', schema } }
}

function lookTool(): JsonObject {
  const parameters = { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] }
  return { type: 'function', function: { name: 'look', parameters } }
}

const ALL = [...new Set(FOUND.map(([, by]) => by))] as const
const STREAMS = ['buffer', 'probe', 'none'] as const

const routes: Routes = {
  ...Object.fromEntries(
    CLIENT_DIALECTS.flatMap((spoken) =>
      STREAMS.map((stream) => [
        `${stream}-${spoken}`,
        {
          targets: [`${spoken}/sloppy?how=refusal`, `${spoken}/smart`],
          escalate: { verify: ['refusal'], stream },
        },
      ]),
    ),
  ),
  ...Object.fromEntries(
    CLIENT_DIALECTS.map((spoken) => [
      `hung-up-${spoken}`,
      {
        targets: [`${spoken}/sloppy?how=refusal&tps=12`, `${spoken}/smart`],
        escalate: { verify: ['refusal'], stream: 'probe' },
      },
    ]),
  ),
  ...Object.fromEntries(
    FOUND.map(([how]) => [
      `how-${how}`,
      { targets: [`first/sloppy?how=${how}`, 'first/smart'], escalate: { verify: ALL } },
    ]),
  ),
  judged: {
    targets: ['first/sloppy?how=vague', 'first/smart'],
    escalate: { verify: ['empty'], judge: { route: 'judge', at_least: 0.7 } },
  },
  judge: ['second/judge'],
  helpless: {
    targets: [
      'first/sloppy?how=refusal',
      'second/sloppy?how=loop',
      'second/sloppy?how=blank',
      'second/smart',
    ],
    escalate: { verify: ['refusal', 'repetition', 'empty'] },
  },
  strict: {
    targets: ['first/sloppy?how=refusal', 'second/sloppy?how=refusal&id=2'],
    escalate: { verify: ['refusal'], otherwise: 'fail' },
  },
  declining: { targets: ['first/refuse', 'first/smart'], escalate: { verify: ['refusal'] } },
  insisting: {
    targets: ['first/refuse', 'first/smart'],
    escalate: { verify: ['refusal'], refusals: 'escalate' },
  },
  costly: {
    targets: ['first/sloppy?how=refusal&id=costly', 'first/smart?id=costly'],
    escalate: { verify: ['refusal'] },
  },
  racing: {
    targets: ['first/sloppy?how=loop&id=fast', 'second/smart?ttft=30ms'],
    race: { of: 2 },
    escalate: { verify: ['repetition'] },
  },
  leading: {
    targets: ['first/sloppy?how=loop&id=led', 'second/sloppy?how=loop&id=never'],
    escalate: { verify: ['repetition'] },
    fallback: { after: { 'bad-output': ['second/smart'] } },
  },
  halting: {
    targets: ['first/sloppy?how=refusal', 'first/fault?kind=status-500'],
    escalate: { verify: ['refusal'] },
    fallback: { retries: 0 },
  },
}

const models = Object.fromEntries(
  Object.values(routes)
    .flatMap((route) =>
      Array.isArray(route) ? route : typeof route === 'string' ? [route] : (route.targets ?? []),
    )
    .map((target) => (typeof target === 'string' ? target : target.model))
    .map((model) => [model, model.endsWith('costly') ? BY_TOKEN : CENT]),
)

let house: House
let records: Records | undefined

beforeAll(async () => {
  house = await openHouse({
    config: { models, routes },
    providers: (url) =>
      Object.fromEntries([
        ...CLIENT_DIALECTS.map((dialect) => [dialect, providerEntry(url, { dialects: [dialect] })]),
        // Else nothing would be asked of both at once.
        ['second', providerEntry(url, { incident_domain: 'elsewhere' })],
      ]),
    keys: { poor: { budget: { usd: 0.515, per: 'day' } } },
  })
})
afterAll(async () => {
  records ??= await house.close()
})

function askFor(model: string, question: Partial<Question> = {}): Promise<Answer> {
  const { dialect = 'openai-chat', mode = 'unary', key = house.key() } = question
  return ask(house.url, { ...question, dialect, mode, model, key, text: QUESTION, maxTokens: 512 })
}

const verdictsOn = (answer: Answer): Promise<readonly JsonObject[]> => stepsOf(answer, 'verdict')

async function stepsOf(answer: Answer, kind: string): Promise<readonly JsonObject[]> {
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  return readObjects(readDecision(row.decision ?? '') ?? {}, 'steps').filter(({ step }) => step === kind)
}

async function saysOf(answer: Answer): Promise<readonly string[]> {
  return (await verdictsOn(answer)).map((verdict) => readString(verdict, 'says') ?? '')
}

describe('an answer that is not good enough', () => {
  test.each(SETTINGS)(
    'is not shown, and the next one is: $dialect → $spoken, $mode',
    async ({ dialect, spoken, mode, lane }) => {
      const answer = await askFor(`buffer-${spoken}`, { dialect, mode })
      expect(answer).toMatchObject({ status: 200, complete: true, ends: 1 })
      expect(answer.text).toContain('baskets')
      expect(answer.wire).not.toContain('sorry')
      expect(modelOf(answer)).toBe('smart')
      expect(await saysOf(answer)).toEqual(['reject', 'pass'])
      const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
      expect(row).toMatchObject({ target: `${spoken}/smart`, costNanoUsd: 2n * CENT_NANO_USD })
      // Whoever judges reads, and what is read may still pass as it is.
      expect(lanesOf(row.decision)).toEqual([lane, lane])
    },
  )

  test.each(FOUND.map(([how, by, reason, extra = {}]) => ({ how, by, reason, extra })))(
    'is found: $how by $by',
    async ({ how, by, reason, extra }) => {
      const answer = await askFor(`how-${how}`, { extra })
      expect(answer).toMatchObject({ status: 200, complete: true })
      expect(modelOf(answer)).toBe('smart')
      const [rejected, passed] = await verdictsOn(answer)
      expect(rejected).toMatchObject({ says: 'reject', target: `first/sloppy?how=${how}` })
      expect(readObjects(rejected ?? {}, 'objections')).toContainEqual(
        expect.objectContaining({ by, reason }),
      )
      expect(passed).toMatchObject({ says: 'pass' })
    },
  )

  test('is found by a model that is asked, whom the caller pays too', async () => {
    const answer = await askFor('judged', { mode: 'stream' })
    expect(modelOf(answer)).toBe('smart')
    const verdicts = await verdictsOn(answer)
    expect(verdicts).toMatchObject([
      { says: 'reject', objections: [{ by: 'judge', reason: 'not-acceptable', detail: 'score 0.20' }] },
      { says: 'pass' },
    ])
  })
})

describe('a stream', () => {
  test.each(CLIENT_DIALECTS)('may be judged by its beginning: %s', async (spoken) => {
    const answer = await askFor(`probe-${spoken}`, { dialect: spoken, mode: 'stream' })
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(answer.wire).not.toContain('sorry')
    expect(await saysOf(answer)).toEqual(['reject', 'pass'])
  })

  test('is hung up on where its beginning is bad', async () => {
    const answers = await Promise.all(
      CLIENT_DIALECTS.map((spoken) => askFor(`hung-up-${spoken}`, { dialect: spoken, mode: 'stream' })),
    )
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 200, complete: true })
      expect(answer.text).not.toContain('sorry')
      expect(await saysOf(answer)).toEqual(['reject', 'pass'])
    }
  })

  test.each(CLIENT_DIALECTS)('may be shown at once, and judged for the record: %s', async (spoken) => {
    const answer = await askFor(`none-${spoken}`, { dialect: spoken, mode: 'stream' })
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(answer.text).toContain('sorry')
    expect(await verdictsOn(answer)).toMatchObject([{ says: 'reject', shown: true }])
    // In one piece it is judged before all the same.
    expect(await saysOf(await askFor(`none-${spoken}`, { dialect: spoken }))).toEqual(['reject', 'pass'])
  })
})

describe('when no answer is good enough', () => {
  test('the best of three is given with a notice, and no fourth is asked', async () => {
    const answer = await askFor('helpless')
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(answer.headers.get('x-gatehouse-notices')).toContain('answer.rejected')
    expect(await saysOf(answer)).toEqual(['reject', 'reject', 'reject'])
  })

  test.each(CLIENT_DIALECTS)('a route may rather fail, in the words of each dialect: %s', async (dialect) => {
    const answer = await askFor('strict', { dialect, mode: dialect === 'gemini' ? 'unary' : 'stream' })
    expect(answer.status).toBe(502)
    expect(answer.wire).toContain('refusal: declined-in-words')
  })

  test('one that came is better than a failure behind it', async () => {
    const answer = await askFor('halting')
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(answer.text).toContain('sorry')
    expect(answer.headers.get('x-gatehouse-notices')).toContain('answer.rejected')
  })

  test('a budget without room for a second ends it, and so does a client that wants no other target', async () => {
    const poor = await askFor('costly', { key: house.key('poor') })
    const alone = await askFor('how-refusal', { headers: { 'x-gatehouse-no-fallback': 'true' } })
    for (const answer of [poor, alone]) {
      expect(answer).toMatchObject({ status: 200, complete: true })
      expect(answer.text).toContain('sorry')
      expect(answer.headers.get('x-gatehouse-notices')).toContain('answer.rejected')
    }
  })
})

test('that the provider says the model declines is the answer, unless the route says otherwise', async () => {
  for (const dialect of ['openai-chat', 'anthropic-messages'] as const satisfies readonly ClientDialect[]) {
    const stays = await askFor('declining', { dialect })
    expect(modelOf(stays)).toBe('refuse')
    expect(await saysOf(stays)).toEqual(['stays'])
    const goes = await askFor('insisting', { dialect })
    expect(modelOf(goes)).toBe('smart')
    expect(await saysOf(goes)).toEqual(['reject', 'pass'])
  }
})

describe('a bad answer goes together with', () => {
  test('a race: the first good one wins, and not the first', async () => {
    const answer = await askFor('racing', { mode: 'stream' })
    expect(answer).toMatchObject({ status: 200, complete: true })
    expect(modelOf(answer)).toBe('smart?ttft=30ms')
    expect(await saysOf(answer)).toEqual(['reject', 'pass'])
  })

  test('what a route says of bad output: its own model comes first', async () => {
    const answer = await askFor('leading')
    expect(modelOf(answer)).toBe('smart')
    expect((await stepsOf(answer, 'attempt')).map(({ target }) => target)).toEqual([
      'first/sloppy?how=loop&id=led',
      'second/smart',
    ])
  })
})

test('what it has saved stands in the decision, net of everything that was asked; below zero it has cost more', async () => {
  const first = await askFor('declining')
  const second = await askFor('how-refusal')
  const judged = await askFor('judged')
  expect(await stepsOf(first, 'savings')).toMatchObject([
    { premium: 'first/smart', premiumUsd: '0.010000', spentUsd: '0.010000', savedUsd: '0.000000' },
  ])
  expect(await stepsOf(second, 'savings')).toMatchObject([{ spentUsd: '0.020000', savedUsd: '-0.010000' }])
  // Two answers, and a judge for each.
  expect(await stepsOf(judged, 'savings')).toMatchObject([{ spentUsd: '0.040000', savedUsd: '-0.030000' }])
  const metrics = await (await house.gateway.askAdmin('/metrics')).text()
  expect(metrics).toMatch(/gatehouse_escalation_spent_usd_total\{route="judged"\} 0\.0[48]/)
  expect(metrics).toContain(
    'gatehouse_escalations_total{route="how-refusal",rung="1",reason="refusal/declined-in-words"}',
  )
})

test('what was saved stands in the line of each request, and a report adds it up by route', async () => {
  const answer = await askFor('how-refusal')
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  expect(row.savedNanoUsd).toBe(-CENT_NANO_USD)
  const report = await (await house.gateway.askAdmin('/api/v1/usage?by=route&limit=500')).json()
  const told = readObjects(report, 'data').find(({ name }) => name === 'how-refusal')
  const lost = readString(readObject(told ?? {}, 'saved') ?? {}, 'usd')
  expect(lost).toMatch(/^-0\.0\d0000$/)
  expect(readObject(readObject(report, 'total') ?? {}, 'saved')).toBeDefined()
})

test('a session whose answers were dropped twice begins with the next model, and no other session does', async () => {
  const inSession = async (session: string): Promise<number> => {
    const answer = await askFor('how-loop', { headers: { 'x-gatehouse-session': session } })
    expect(modelOf(answer)).toBe('smart')
    const climbs = await stepsOf(answer, 'climb')
    expect(climbs).toEqual(
      climbs.length === 0 ? [] : [{ step: 'climb', past: 'first/sloppy?how=loop', answers: 2 }],
    )
    return (await stepsOf(answer, 'attempt')).length
  }
  const attempts = []
  for (const session of ['agent-1', 'agent-1', 'agent-1', 'agent-1', 'agent-2'])
    attempts.push(await inSession(session))
  expect(attempts).toEqual([2, 2, 1, 1, 2])
})

test('everything that was asked is in the ledger once, as it is on the bill', async () => {
  records ??= await house.close()
  const { ledger } = records
  const { exact, bounded } = await expectBill({ records, bill: house.provider.bill, models })
  expect(exact).toBeGreaterThan(80)
  // Streams that were dropped for their beginning, before all of it was written.
  expect(bounded).toBe(CLIENT_DIALECTS.length)
  expect(ledger.filter(({ purpose }) => purpose === 'judge')).toHaveLength(4)
})

test('each row says its rung, and why its attempt was begun', async () => {
  records ??= await house.close()
  const { ledger, requests } = records
  const begunOn = (route: string): readonly string[][] =>
    requests
      .filter((request) => request.route === route && request.purpose === undefined)
      .map(({ id }) =>
        ledger
          .filter(({ requestId }) => requestId === id)
          .toSorted((left, right) => left.ordinal - right.ordinal)
          .map(({ begunFor, rung }) => `${begunFor} ${rung}`),
      )
  for (const begun of begunOn('buffer-openai-chat')) expect(begun).toEqual(['first 1', 'rung 2'])
  expect(begunOn('helpless')[0]).toEqual(['first 1', 'rung 2', 'rung 3'])
  expect(begunOn('racing')[0]).toEqual(['first 1', 'race 1'])
  // A judge's own route looks at nobody's answers.
  expect(ledger.filter(({ purpose }) => purpose === 'judge').every(({ rung }) => rung === undefined)).toBe(
    true,
  )
})

/** The model that answered, without its provider. */
function modelOf({ headers }: Answer): string {
  return headers.get('x-gatehouse-model')?.replace(/^[^/]*\//, '') ?? ''
}

function lanesOf(decision: string | undefined): readonly (string | undefined)[] {
  const steps = readObjects(readDecision(decision ?? '') ?? {}, 'steps')
  return steps.filter(({ step }) => step === 'attempt').map((step) => readString(step, 'lane'))
}

test('the example does what it says', async () => {
  const config = await Bun.file(new URL('../../examples/cheap-first.yaml', import.meta.url)).text()
  const gateway = await openRunningGateway({ config })
  const models = []
  for (const model of ['cheap-first', 'judged', 'watched']) {
    const question = {
      dialect: 'openai-chat',
      mode: 'stream',
      model,
      key: gateway.key,
      text: QUESTION,
    } as const
    const answer = await ask(gateway.url, question)
    expect(answer).toMatchObject({ status: 200, complete: true })
    models.push(modelOf(answer))
  }
  expect(models).toEqual(['smart', 'smart', 'smart'])
  await gateway.close()
})
