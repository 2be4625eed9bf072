import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { parseJsonObject, readObject, readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { send } from './asking.ts'

/*
 * What a request did, what else there is like it, and the questions that are asked again: one answer each.
 */

const CONFIG = `
providers: { sim: {} }
routes:
  support:
    steps:
      - { name: tools, when: request.has_tools, targets: [sim/tools] }
      - { name: default, targets: ['sim/flaky?rate=1', sim/smart] }
`

let gateway: RunningGateway
let ids: readonly string[] = []
beforeAll(async () => {
  gateway = await openRunningGateway({ config: CONFIG })
  ids = [await ask('support'), await ask('auto'), await ask('support')]
})
afterAll(() => gateway.close())

async function ask(model: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
  })
  await response.text()
  return logged(response)
}

const logged = (response: Response): Promise<string> => written(response.headers.get('x-request-id') ?? '')

/** The id of a request, once its line is written. */
async function written(id: string): Promise<string> {
  while (!(await gateway.askAdmin(`/api/v1/requests/${id}`)).ok)
    await new Promise((resolve) => setImmediate(resolve))
  return id
}

async function read(path: string, init?: RequestInit): Promise<{ status: number; json: JsonObject }> {
  const response = await gateway.askAdmin(path, init)
  return { status: response.status, json: parseJsonObject(await response.text()) ?? {} }
}

const view = async (id: string, more: string): Promise<JsonObject> =>
  (await read(`/api/v1/requests/${id}?${more}`)).json

describe('one request', () => {
  test('is told with its receipt, what would flip it, and its neighbours in one answer, and with nothing that was not asked for', async () => {
    const [oldest = '', middle = '', newest = ''] = ids
    const told = await view(newest, 'include=receipt,replay,flips,neighbours&q=route:support&from=1h')
    expect(readObject(told, 'receipt')).toMatchObject({ request_id: newest, outcome: 'ok' })
    expect(told['replay']).toMatchObject({ same: true, same_plan: true })
    const flips = readObject(told, 'flips') ?? {}
    expect(flips).toMatchObject({ same: true, before: { step: 'default', target: 'sim/flaky?rate=1' } })
    const byTools = readObjects(flips, 'flips').find(({ change }) => change === 'it brought tools')
    expect(byTools).toMatchObject({ outcome: { step: 'tools', target: 'sim/tools' } })
    expect(told['neighbours']).toEqual({ older: oldest })
    expect((await view(newest, 'include=neighbours'))['neighbours']).toEqual({ older: middle })
    expect(Object.keys(await view(newest, ''))).not.toContain('receipt')
  })

  test('by the id of its decision; an unknown id and an unknown word are said', async () => {
    const [id = ''] = ids
    expect((await view(id.replace('req_', 'dec_'), ''))['id']).toBe(id)
    expect(await read('/api/v1/requests/chatcmpl-1')).toMatchObject({
      status: 404,
      json: { detail: 'There is no request chatcmpl-1 in the log. Ids of requests begin with req_.' },
    })
    expect(await read(`/api/v1/requests/${id}?include=reciept`)).toMatchObject({
      status: 400,
      json: {
        errors: [{ path: 'include', message: 'there is no "reciept"', hint: 'Did you mean receipt?' }],
      },
    })
  })

  test.each([
    ['openai-chat', 'unary'],
    ['openai-chat', 'stream'],
    ['openai-responses', 'unary'],
    ['anthropic-messages', 'stream'],
    ['gemini', 'unary'],
    ['gemini', 'stream'],
  ] as const)(
    'as a call from a shell it does the same: %s, %s',
    async (dialect, mode) => {
      const response = await send(gateway.url, { dialect, mode, model: 'sim/smart', key: gateway.key })
      await response.text()
      const curl = readString(await view(await logged(response), 'include=curl'), 'curl') ?? ''
      expect(curl).not.toContain(gateway.key)
      const shell = Bun.spawn(['sh', '-c', curl.replace('curl ', 'curl -S -o /dev/null -D - ')], {
        env: { ...process.env, GATEHOUSE_KEY: gateway.key },
      })
      const [head, exitCode] = [await new Response(shell.stdout).text(), await shell.exited]
      expect([exitCode, /^HTTP\/1.1 (\d+)/m.exec(head)?.[1]]).toEqual([0, '200'])
      const is = await view(await written(/^x-request-id: (\S+)/im.exec(head)?.[1] ?? ''), '')
      const was = await view(await logged(response), '')
      for (const member of ['dialect', 'operation', 'stream', 'requested_model'])
        expect([member, is[member]]).toEqual([member, was[member]])
    },
    20_000,
  )
})

describe('how many there are of each', () => {
  const facets = async (query: string): Promise<readonly JsonObject[]> =>
    readObjects((await read(`/api/v1/requests/facets?${query}`)).json, 'data')
  const counts = (of: JsonObject | undefined): JsonObject =>
    Object.fromEntries(
      readObjects(of ?? {}, 'values').map((one) => [
        readString(one, 'name') ?? readString(one, 'value') ?? '',
        one['requests'] ?? null,
      ]),
    )

  test('from the sums where all are asked for, else by looking; the names of keys stand beside their ids', async () => {
    const [route, model, key] = await facets('by=route,model,key')
    expect([route, model].map((one) => one?.['answered_from'])).toEqual(['sums', 'requests'])
    expect(counts(route)).toMatchObject({ support: 2, auto: 1 })
    expect(counts(model)).toMatchObject({ support: 2, auto: 1 })
    expect(counts(key)['dev']).toBeGreaterThanOrEqual(3)
  })

  test('what a query asks of a field is left aside where that is counted, and mistakes are told', async () => {
    const [route, outcome] = await facets('by=route,outcome&q=route:support%20model:support,auto')
    expect(counts(route)).toEqual({ support: 2, auto: 1 })
    expect(counts(outcome)).toEqual({ ok: 2 })
    expect(await read('/api/v1/requests/facets?by=rout')).toMatchObject({
      status: 400,
      json: { errors: [{ path: 'by', hint: 'Did you mean route?' }] },
    })
    expect(await read('/api/v1/requests/facets?q=rout:x')).toMatchObject({
      status: 400,
      json: { errors: [{ path: 'q' }] },
    })
  })
})

describe('queries that are kept under a name', () => {
  const put = (name: string, q: string) =>
    read(`/api/v1/views/${encodeURIComponent(name)}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ q }),
    })

  test('are there for everybody, in the order of their names, until somebody forgets them', async () => {
    expect((await put('slow support', 'route:support duration:>2s')).status).toBe(200)
    await Promise.all([put('b', 'status:error'), put('a', 'status:ok'), put('a', 'status:gone')])
    const { json } = await read('/api/v1/views')
    expect(readObjects(json, 'data').map(({ name, q }) => [name, q])).toEqual([
      ['a', 'status:gone'],
      ['b', 'status:error'],
      ['slow support', 'route:support duration:>2s'],
    ])
    expect((await read('/api/v1/views/b', { method: 'DELETE' })).json).toEqual({ removed: 'b' })
    expect(await read('/api/v1/views/slow%20suport')).toMatchObject({
      status: 404,
      json: { nearest: ['slow support'] },
    })
  })

  test('one that cannot be asked, or has no good name, is not kept', async () => {
    expect(await put('typo', 'rout:support')).toMatchObject({
      status: 400,
      json: { errors: [{ path: 'q', hint: 'Did you mean route?' }] },
    })
    expect(await put('../x', 'route:support')).toMatchObject({
      status: 400,
      json: { errors: [{ path: 'name' }] },
    })
  })
})
