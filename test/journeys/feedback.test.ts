import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import { send } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

/* What docs/feedback.md shows runs, and what it promises of mistakes holds. */

const page = await Bun.file(new URL('../../docs/feedback.md', import.meta.url)).text()
const snippets = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text)

let house: House
beforeAll(async () => {
  house = await openHouse({ keys: { other: {} } })
})
afterAll(() => house.close())

async function ask(): Promise<string> {
  const response = await send(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'first/smart',
    key: house.key(),
  })
  await response.text()
  return response.headers.get('x-request-id') ?? ''
}

async function give(body: JsonObject | string, key = house.key()) {
  const response = await fetch(`${house.url}/v1/feedback`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const json = parseJsonObject(await response.text()) ?? {}
  return { status: response.status, json, error: readObject(json, 'error') ?? {} }
}

async function runInShell(text: string, environment: Record<string, string>): Promise<JsonObject> {
  const shell = Bun.spawn(['sh', '-c', text], { env: { ...process.env, ...environment } })
  return parseJsonObject(await new Response(shell.stdout).text()) ?? {}
}

const feedbackOf = async (id: string): Promise<readonly JsonObject[]> =>
  readObjects(
    parseJsonObject(await (await house.gateway.askAdmin(`/api/v1/requests/${id}`)).text()) ?? {},
    'feedback',
  )

test('what the page shows runs, at once behind the answer', async () => {
  const [one = '', list = '', query = ''] = snippets
  expect(snippets).toHaveLength(3)
  const environment = {
    GATEHOUSE: house.url,
    KEY: house.key(),
    ADMIN: house.gateway.adminUrl,
    TOKEN: house.gateway.gatehouse.adminToken.secret.reveal(),
    REQUEST: await ask(),
  }
  expect(await runInShell(one, environment)).toEqual({
    object: 'feedback',
    request_id: environment.REQUEST,
    score: -1,
    comment: 'Far too long.',
    labels: ['tone', 'length'],
    source: 'user-42',
  })
  const listed = readObjects(await runInShell(list, environment), 'data')
  expect(listed).toMatchObject([{ request_id: environment.REQUEST, score: -1, label: 'tone', by: 'user-42' }])
  const found = readObjects(await runInShell(query, environment), 'data')
  expect(found.map((row) => readString(row, 'id'))).toEqual([environment.REQUEST])
})

test('of one source the last word counts, of several each', async () => {
  const id = await ask()
  const first = { request_id: id, thumbs: 'up', source: 'ana' }
  expect((await give(first)).status).toBe(201)
  expect((await give({ ...first, thumbs: 'down' })).status).toBe(200)
  expect((await give({ request_id: id, score: 0.25 })).status).toBe(201)
  expect((await give({ request_id: id, score: 0.5 })).status).toBe(200)
  expect((await feedbackOf(id)).map(({ score, by }) => [score, by])).toEqual([
    [-1, 'ana'],
    [0.5, undefined],
  ])
})

describe('a mistake is told as OpenAI tells them, and nothing is kept', () => {
  test.each([
    [{ scor: 1 }, 'Did you mean `score`?'],
    [{}, '`score` or `thumbs` is required'],
    [{ score: 1, thumbs: 'up' }, 'send one of them'],
    [{ score: 1.01 }, 'a number from -1 to 1'],
    [{ score: '1' }, 'a number from -1 to 1'],
    [{ thumbs: 'sideways' }, '"up" or "down"'],
    [{ score: 1, comment: 'x'.repeat(2_001) }, '2,000 characters'],
    [{ score: 1, labels: ['a', ''] }, 'at most 10 texts'],
    [{ score: 1, labels: 'a' }, 'at most 10 texts'],
    [{ score: 1, source: '' }, '1 to 200 characters'],
  ])('%j', async (said, message) => {
    const id = await ask()
    const { status, error } = await give({ request_id: id, ...said })
    expect(status).toBe(400)
    expect(error['message']).toContain(message)
    expect(error).toMatchObject({ type: 'invalid_request_error', origin: 'client' })
    expect(await feedbackOf(id)).toEqual([])
  })

  test('requests of others are as if there were none', async () => {
    const id = await ask()
    const said = { request_id: id, score: 1 }
    const [foreign, unknown] = [
      await give(said, house.key('other')),
      await give({ ...said, request_id: 'req_none' }),
    ]
    expect([foreign.status, unknown.status]).toEqual([404, 404])
    expect(foreign.error['message']).toBe(unknown.error['message'] ?? '')
    expect((await give(said, 'gh_test_nobody')).status).toBe(401)
    expect(await feedbackOf(id)).toEqual([])
  })

  test('a body is bounded, and so is what one request takes', async () => {
    const id = await ask()
    expect(
      (await give(`{"request_id":"${id}","score":1,"comment":"${'x'.repeat(LIMITS.feedbackBytes)}"}`)).status,
    ).toBe(413)
    for (let count = 0; count < LIMITS.requestFeedback; count += 1)
      expect((await give({ request_id: id, score: 0, source: `user ${count}` })).status).toBe(201)
    expect((await give({ request_id: id, score: 0, source: 'one more' })).status).toBe(400)
    expect((await give({ request_id: id, score: 1, source: 'user 7' })).status).toBe(200)
  })
})
