import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  isObject,
  parseJsonObject,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../src/kit/json.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

/*
 * What is explained is what is done: the same requests are explained and sent.
 */

const CONFIG = `
providers: { sim: }
routes:
  support:
    steps:
      - { name: gold, when: "'x-tier' in headers && headers['x-tier'] == 'gold'", targets: [sim/reason] }
      - { name: regulated, when: "'eu' in request.tags", targets: [sim/smart] }
      - { name: long, when: request.text.characters > 40, targets: [sim/tools, sim/echo] }
      - { name: default, strategy: cheapest, targets: [sim/smart, sim/small] }
`

let gateway: RunningGateway
beforeAll(async () => {
  gateway = await openRunningGateway({ config: CONFIG, environment: { TOLD: 'never-told' } })
})
afterAll(() => gateway.close())

const explain = async (question: JsonObject | string): Promise<{ status: number; json: JsonObject }> => {
  const response = await gateway.askAdmin('/api/v1/explain', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof question === 'string' ? question : JSON.stringify(question),
  })
  return { status: response.status, json: parseJsonObject(await response.text()) ?? {} }
}

/** The record, once it is written. */
async function readDecision(id: string): Promise<JsonObject> {
  for (;;) {
    const response = await gateway.askAdmin(`/api/v1/decisions/${id}?replay`)
    const text = await response.text()
    if (response.status === 200) return parseJsonObject(text) ?? {}
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const chat = (content: string): JsonObject => ({ model: 'support', messages: [{ role: 'user', content }] })

test.each<[string, JsonObject, Record<string, string>]>([
  ['short', chat('Hi'), {}],
  ['long', chat('Tell me all that there is to be told about this.'), {}],
  ['tagged', { ...chat('Hi'), gatehouse: { tags: ['eu'] } }, {}],
  ['gold', chat('Hi'), { 'x-tier': 'gold' }],
])('a request that is explained goes where that says: %s', async (_name, body, headers) => {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  await answer.text()
  const { json } = await explain({ request: body, headers })
  const [first] = readObjects(json, 'candidates')
  expect(answer.headers.get('x-gatehouse-model')).toBe(readString(first ?? {}, 'target') ?? null)
  const kept = await readDecision(answer.headers.get('x-gatehouse-decision') ?? '')
  expect(kept['replay']).toMatchObject({ same: true, same_plan: true })
  const taken = readObjects(readObject(kept, 'decision') ?? {}, 'steps').filter(
    ({ step }) => step !== 'attempt',
  )
  expect(readObjects(json, 'steps').map(({ step }) => step)).toEqual(taken.map(({ step }) => step))
})

describe('explanations over the admin API', () => {
  test('say what would flip the choice, and what becomes of it without a provider', async () => {
    const { json } = await explain({ model: 'support', tools: true, outage: 'sim' })
    expect(json).toMatchObject({ route: 'support', step: 'default', outage: { provider: 'sim' } })
    const flips = readObjects(json, 'flips')
    expect(flips).toContainEqual({
      change: 'it had the tag eu',
      outcome: { step: 'regulated', target: 'sim/smart', reason: 'first-in-order' },
    })
  })

  test('are made under a draft as well, which is not put in force', async () => {
    const draft = 'providers: { sim: }\nroutes: { support: [sim/echo] }\n'
    const { json } = await explain({ model: 'support', config: draft })
    expect(readObjects(json, 'candidates')).toMatchObject([{ target: 'sim/echo' }])
    expect((await explain({ model: 'support' })).json).toMatchObject({ step: 'default' })
  })

  test('do not tell what a draft takes from its surroundings', async () => {
    const draft = 'providers: { sim: }\nroutes: { support: ["sim/${TOLD}"] }\n'
    const { status, json } = await explain({ model: 'support', config: draft })
    expect(status).toBe(400)
    expect(JSON.stringify(json)).not.toContain('never-told')
    const hidden = 'providers: { sim: }\nroutes: { support: ["sim/\\u0024{TOLD}"] }\n'
    expect(JSON.stringify((await explain({ model: 'support', config: hidden })).json)).not.toContain(
      'never-told',
    )
  })

  test.each<[JsonObject | string, number, string]>([
    [{ model: 'support', tokns: 5 }, 400, 'tokens'],
    [{ model: 'supprot' }, 404, 'support'],
    [{ model: 'support', key: 'nobody' }, 404, 'There is no key nobody'],
    [{ model: 'support', outage: 'smi' }, 404, 'Did you mean sim?'],
    [{ request: { model: 'support' } }, 400, '`messages` is required'],
    [{ request: chat('Hi'), dialect: 'gemni' }, 400, 'Did you mean gemini?'],
    [{}, 400, 'Explain what?'],
    [{ model: 'support', headers: { 'a b': 'c' } }, 400, 'No header can hold'],
    [{ model: 'support', headers: { 'x-gatehouse-tgas': 'c' } }, 400, 'x-gatehouse-tags'],
    [{ model: 'support', config: 'routes: { support: [sim/nobody' }, 400, 'config'],
    [{ model: 'support', config: 'providers: { smi: }' }, 400, 'providers.smi'],
  ])('refuse %j with %d', async (question, status, message) => {
    const refused = await explain(question)
    expect(refused.status).toBe(status)
    expect(JSON.stringify(refused.json)).toContain(message)
  })

  test('take no more than a request and a configuration need', async () => {
    expect((await explain({ model: 'x'.repeat(LIMITS.explainBodyBytes) })).status).toBe(413)
  })

  test('are for operators alone', async () => {
    const response = await fetch(`${gateway.adminUrl}/api/v1/explain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"model":"support"}',
    })
    expect(response.status).toBe(401)
    expect(isObject(parseJsonObject(await response.text()))).toBe(true)
  })
})
