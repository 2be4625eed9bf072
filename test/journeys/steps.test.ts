import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readObjects, readString } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS, MODES } from '../modes.ts'
import { attemptsOf, send } from './asking.ts'
import { expectBill } from './expect-bill.ts'
import { openHouse, providerEntry, type House } from './open-house.ts'

let house: House

beforeAll(async () => {
  house = await openHouse({
    config: {
      routes: {
        support: {
          steps: [
            {
              name: 'gold',
              when: "'x-tier' in headers && headers['x-tier'] == 'gold'",
              targets: ['first/echo?id=gold'],
            },
            {
              name: 'regulated',
              when: "'eu' in request.tags",
              only: { region: 'eu' },
              targets: ['far/echo', 'near/fault?kind=status-500'],
              fallback: { to: ['second/echo', 'near/echo?id=last'], retries: 0 },
            },
            { name: 'ci', when: "key.name == 'ci'", targets: ['first/echo?id=ci'] },
            { name: 'long', when: 'request.text.characters > 400', targets: ['first/echo?id=long'] },
            { name: 'odd', when: "headers['x-odd'] == 'yes'", targets: ['first/echo?id=odd'] },
            { name: 'default', targets: ['second/echo'] },
          ],
        },
        measured: {
          steps: [
            {
              name: 'huge',
              when: 'request.text.characters > 400',
              refuse: 'Long texts go to batch; ask #platform.',
            },
            { name: 'default', targets: ['first/echo'] },
          ],
        },
        far: { targets: ['far/echo', 'near/echo?vision=false'] },
      },
    },
    providers: (url) => ({
      near: providerEntry(url, { region: 'eu-central-1' }),
      far: providerEntry(url, { region: 'us-east-1' }),
    }),
    keys: {
      all: { allow: ['tags'] },
      ci: { allow: ['tags'] },
      bound: { only: { providers: ['first'] } },
    },
  })
})

afterAll(() => house.close())

interface Asked {
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly text?: string
  readonly model?: string
}

async function ask({ key = 'all', headers = {}, text = 'hello', model = 'support' }: Asked) {
  const response = await fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.key(key)}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: text }] }),
  })
  const body = await response.text()
  const row = await house.rowOf(response.headers.get('x-request-id') ?? '')
  const steps = readObjects(parseJsonObject(row.decision ?? '{}') ?? {}, 'steps')
  return {
    status: response.status,
    body,
    condition: steps.find((step) => readString(step, 'step') === 'condition'),
    attempts: attemptsOf(row).map((attempt) => readString(attempt, 'target')),
  }
}

describe('a request is answered by the first step whose condition holds', () => {
  test.each<[string, Asked, string]>([
    ['a header', { headers: { 'x-tier': 'gold' } }, 'gold'],
    ['a key', { key: 'ci' }, 'ci'],
    ['the length of what is said', { text: 'a'.repeat(401) }, 'long'],
    ['another header', { headers: { 'x-odd': 'yes' } }, 'odd'],
  ])('by %s', async (_what, asked, step) => {
    const { status, condition, attempts } = await ask(asked)
    expect({ status, picked: readString(condition ?? {}, 'picked'), attempts }).toEqual({
      status: 200,
      picked: step,
      attempts: [`first/echo?id=${step}`],
    })
  })

  test('a condition that cannot be said counts as false, and stands in the decision', async () => {
    const { condition, attempts } = await ask({})
    expect(condition).toMatchObject({
      picked: 'default',
      unmet: ['gold', 'regulated', 'ci', 'long'],
      failed: ['odd'],
    })
    expect(attempts).toEqual(['second/echo'])
  })
})

describe('only', () => {
  test('holds through retries and fallbacks: whoever does not fulfil it is never asked', async () => {
    const { status, attempts } = await ask({ headers: { 'x-gatehouse-tags': 'eu' } })
    expect(status).toBe(200)
    expect(new Set(attempts)).toEqual(
      new Set(['near/fault?kind=status-500@eu-central-1', 'near/echo?id=last@eu-central-1']),
    )
  })

  test('of a key holds for every route and model, and who is left out is told why', async () => {
    const { status, body, attempts } = await ask({ key: 'bound', model: 'far' })
    expect({ status, attempts }).toEqual({ status: 403, attempts: [] })
    expect(body).toContain('far/echo@us-east-1: key bound wants provider first')
    expect((await ask({ key: 'bound', model: 'first/echo' })).status).toBe(200)
  })
})

describe('a step that refuses', () => {
  const huge = 'a'.repeat(401)

  test('refuses before anybody is asked or anything is counted, and is named in the decision', async () => {
    const { status, body, condition, attempts } = await ask({ model: 'measured', text: huge })
    expect({ status, attempts }).toEqual({ status: 400, attempts: [] })
    expect(parseJsonObject(body)).toMatchObject({
      error: {
        message: 'Long texts go to batch; ask #platform.',
        type: 'invalid_request_error',
        code: 'refused_by_rule',
      },
    })
    expect(condition).toMatchObject({ picked: 'huge', refused: true })
    expect((await ask({ model: 'measured' })).status).toBe(200)
  })

  test.each(CLIENT_DIALECTS)('in the dialect of %s, whose clients do not try again', async (dialect) => {
    for (const mode of MODES) {
      const response = await send(house.url, {
        dialect,
        mode,
        model: 'measured',
        key: house.key(),
        text: huge,
      })
      expect(response.status).toBe(400)
      expect(response.headers.get('x-should-retry')).toBe('false')
      expect(await response.text()).toContain('Long texts go to batch; ask #platform.')
    }
  })
})

test('whichever step was taken, the ledger says what is on the bill', async () => {
  const records = await house.close()
  const compared = await expectBill({ records, bill: house.provider.bill })
  expect(compared).toMatchObject({ bounded: 0, exact: house.provider.bill.entries().length })
})
