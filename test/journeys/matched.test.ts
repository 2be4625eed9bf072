import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readDecision } from '../../src/exchange/decision-record.ts'
import { parseJsonObject, readObjects, readString } from '../../src/kit/json.ts'
import { CLIENT_DIALECTS } from '../modes.ts'
import { ask, attemptsOf, type Question } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

let house: House

beforeAll(async () => {
  house = await openHouse({
    config: {
      routes: {
        'odd-header': { match: "headers['x-odd'] == 'yes'", targets: ['second/echo?id=odd'] },
        'for-ci': { match: { keys: ['ci'], endpoints: ['chat'] }, targets: ['first/echo?id=ci'] },
        renamed: { match: { models: ['gpt-4*', 'exact'] }, targets: ['first/echo?id=renamed'] },
        tagged: {
          match: { tags: ['eu'] },
          steps: [
            { name: 'long', when: 'request.text.characters > 400', refuse: 'Too long.' },
            { name: 'rest', targets: ['second/echo?id=eu'] },
          ],
        },
        named: { targets: ['first/echo?id=named'] },
      },
    },
    keys: {
      ci: { allow: ['tags'] },
      dear: { models: ['exact'], allow: ['tags'] },
      bound: { models: ['named'] },
      other: { allow: ['tags'] },
    },
  })
})

afterAll(() => house.close())

async function decide(asked: Partial<Question> & { readonly keyName?: string }) {
  const { keyName = 'other', ...question } = asked
  const answer = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'named',
    ...question,
    key: house.key(keyName),
  })
  const row = await house.rowOf(answer.headers.get('x-request-id') ?? '')
  const steps = readObjects(readDecision(row.decision ?? '') ?? {}, 'steps')
  return {
    status: answer.status,
    error: answer.error,
    route: row.route,
    steps: steps.filter(({ step }) => step === 'match' || step === 'alias' || step === 'condition'),
    attempts: attemptsOf(row).map((attempt) => readString(attempt, 'target')),
  }
}

describe('a route with a match takes requests whatever name they ask for', () => {
  test.each(CLIENT_DIALECTS)('in the dialect of %s', async (dialect) => {
    const { status, route, attempts, steps } = await decide({ dialect, model: 'second/echo', keyName: 'ci' })
    expect({ status, route, attempts }).toEqual({
      status: 200,
      route: 'for-ci',
      attempts: ['first/echo?id=ci'],
    })
    expect(steps).toEqual([{ step: 'match', from: 'second/echo', to: 'for-ci', failed: ['odd-header'] }])
  })

  test('the first of the file that holds does, then names are', async () => {
    expect((await decide({ headers: { 'x-odd': 'yes' }, keyName: 'ci' })).attempts).toEqual([
      'second/echo?id=odd',
    ])
    expect((await decide({ model: 'gpt-4-turbo' })).attempts).toEqual(['first/echo?id=renamed'])
    expect((await decide({ headers: { 'x-odd': 'no' } })).steps).toEqual([])
    // What cannot be said is told even where nothing takes the request.
    expect((await decide({})).steps).toEqual([{ step: 'match', from: 'named', failed: ['odd-header'] }])
    expect((await decide({ model: 'gpt-5' })).status).toBe(404)
  })

  test('its steps are gone through, and may refuse', async () => {
    const headers = { 'x-gatehouse-tags': 'eu', 'x-odd': 'no' }
    expect(await decide({ headers })).toMatchObject({ route: 'tagged', attempts: ['second/echo?id=eu'] })
    const long = await decide({ headers, text: 'a'.repeat(401) })
    expect(long).toMatchObject({ status: 400, attempts: [], error: { code: 'refused_by_rule' } })
  })

  test('a key may use it by its name, or by the one that is asked for', async () => {
    expect(await decide({ model: 'exact', keyName: 'dear' })).toMatchObject({ status: 200, route: 'renamed' })
    expect((await decide({ model: 'gpt-4', keyName: 'dear' })).status).toBe(403)
    expect((await decide({ model: 'gpt-4', keyName: 'bound' })).status).toBe(403)
    expect(await decide({ keyName: 'bound' })).toMatchObject({ status: 200, route: 'named' })
  })

  test('names that it takes for certain are listed for whom they are', async () => {
    const list = async (key: string) => {
      const response = await fetch(`${house.url}/v1/models`, {
        headers: { authorization: `Bearer ${house.key(key)}` },
      })
      const body = parseJsonObject(await response.text()) ?? {}
      return readObjects(body, 'data').map((model) => readString(model, 'id'))
    }
    expect(await list('other')).toContain('exact')
    expect(await list('dear')).toEqual(['exact'])
    expect(await list('bound')).toEqual(['named'])
    const one = await fetch(`${house.url}/v1/models/gpt-4-turbo`, {
      headers: { authorization: `Bearer ${house.key('other')}` },
    })
    expect(one.status).toBe(200)
  })
})
