import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  isObject,
  parseJsonObject,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

/*
 * Whatever an operator does leaves one entry, whatever comes of it, and no secret in it; so does what the gateway does, and what its file does to
 * it. Where no entry can be left, nothing is done.
 */

const CANARY = 'canary-7f3a9c'
/** Members of bodies whose values may be told: what somebody does, to what, and why. All others hold the canary. */
const SAYABLE: readonly string[] = [
  'name',
  'project',
  'models',
  'endpoints',
  'only',
  'addresses',
  'rpm',
  'tpm',
  'concurrent',
  'queue',
  'budget',
  'budgets',
  'expires',
  'allow',
  'by',
  'author',
  'comment:config',
  'reason',
  'action',
  'for',
  'overlap',
  'until',
  'usd',
  'per',
  'scope',
  'owner',
  'score',
  'label',
  'request',
  'route',
  'model',
  'tag',
  'all',
  'provider',
  'fault',
  'phase',
  'last',
  'max_output',
  'key:named',
]
/** Questions that are asked with POST because they are long: they change nothing, and leave no entry. */
const QUESTIONS = [
  '/api/v1/alerts/preview',
  '/api/v1/config/check',
  '/api/v1/explain',
  '/api/v1/guardrails/test',
  '/api/v1/playground/bound',
  '/api/v1/playground/code',
]

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-audited-'))
let gateway: RunningGateway
const start = (): Promise<RunningGateway> =>
  openRunningGateway({ directory, config: 'routes: { fast: { targets: [sim/smart] } }\n' })

beforeAll(async () => {
  gateway = await start()
})
afterAll(async () => {
  await gateway.close()
  rmSync(directory, { recursive: true, force: true })
})

async function entries(query = ''): Promise<readonly JsonObject[]> {
  const response = await gateway.askAdmin(`/api/v1/audit?limit=500${query}`)
  return readObjects(parseJsonObject(await response.text()) ?? {}, 'data')
}

async function act(method: string, path: string, body?: Json): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return gateway.askAdmin(path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

interface Acting {
  readonly method: string
  readonly path: string
  readonly body: Json
}

/** All routes that are no GET, with a body in which every member that may not be told holds the canary. */
async function actingRoutes(): Promise<readonly Acting[]> {
  const document = parseJsonObject(await (await gateway.askAdmin('/openapi.json')).text()) ?? {}
  const schemas = readObject(readObject(document, 'components') ?? {}, 'schemas') ?? {}
  return Object.entries(readObject(document, 'paths') ?? {}).flatMap(([path, methods]) =>
    Object.entries(isObject(methods) ? methods : {}).flatMap(([method, told]) => {
      if (method === 'get' || !isObject(told)) return []
      return [{ method: method.toUpperCase(), path, body: bodyOf(told, schemas, path) }]
    }),
  )
}

function bodyOf(told: JsonObject, schemas: JsonObject, path: string): Json {
  const content = readObject(readObject(told, 'requestBody') ?? {}, 'content') ?? {}
  const schema = resolved(readObject(readObject(content, 'application/json') ?? {}, 'schema') ?? {}, schemas)
  const members = Object.keys(readObject(schema, 'properties') ?? {})
  const isConfig = path.includes('/config/')
  const isNamed = path.includes('/alerts/') || path.includes('/cache/') || path.endsWith('/playground')
  const sayable = (name: string): boolean =>
    SAYABLE.includes(name) ||
    (isConfig && SAYABLE.includes(`${name}:config`)) ||
    (isNamed && SAYABLE.includes(`${name}:named`))
  return Object.fromEntries([
    ...members.filter((name) => !sayable(name)).map((name) => [name, `${CANARY}-${name}`]),
    [`${CANARY}unknown`, CANARY],
  ])
}

function resolved(schema: JsonObject, schemas: JsonObject): JsonObject {
  const name = readString(schema, '$ref')?.split('/').at(-1)
  return name === undefined ? schema : (readObject(schemas, name) ?? {})
}

describe('acts of operators', () => {
  test('every route that is no GET leaves exactly one entry, with no secret in it, unless it is only a question', async () => {
    const routes = await actingRoutes()
    expect(routes.length).toBeGreaterThan(35)
    for (const { method, path, body } of routes) {
      const asked = path.replaceAll(/\{\w+\}/g, 'x')
      const before = (await entries()).length
      const { status } = await act(method, asked, method === 'DELETE' ? undefined : body)
      const after = await entries()
      const isQuestion = QUESTIONS.includes(path)
      expect([method, path, after.length - before]).toEqual([method, path, isQuestion ? 0 : 1])
      if (isQuestion) continue
      expect(after[0]).toMatchObject({
        act: `${method} ${path}`,
        actor: 'admin token',
        outcome: String(status),
      })
      expect(readString(after[0] ?? {}, 'address')).toContain('127.0.0.1')
    }
    expect((await entries()).filter((entry) => JSON.stringify(entry).includes(CANARY))).toEqual([])
  }, 30_000)

  test('what was done is told with its subject and what was changed; secrets and the text of a key are not', async () => {
    const stored = await act('PUT', '/api/v1/secrets/openai', { value: CANARY })
    expect(stored.status).toBe(200)
    const made =
      parseJsonObject(await (await act('POST', '/api/v1/keys', { name: 'helpdesk', rpm: 60 })).text()) ?? {}
    const [id, key] = [readString(made, 'id') ?? '', readString(made, 'key') ?? '']
    const rotated =
      parseJsonObject(await (await act('POST', `/api/v1/keys/${id}/rotate`, { by: 'ana' })).text()) ?? {}
    const pasted = await act('DELETE', `/api/v1/keys/${key}`)
    expect(pasted.status).toBe(404)
    const config = await act('PUT', '/api/v1/config/objects/routes/slow', {
      value: { targets: ['sim/smart'] },
      author: 'ana',
    })
    expect(config.status).toBe(200)
    const all = await entries()
    expect(all.find(({ act: what }) => what === 'PUT /api/v1/secrets/{name}')).toBeDefined()
    expect((await entries('&subject=secret:openai'))[0]).toMatchObject({
      outcome: '200',
      summary: 'not told: value',
    })
    const ofKey = await entries(`&subject=key:${id}`)
    expect(ofKey.map(({ act: what, summary }) => [what, summary])).toEqual([
      ['POST /api/v1/keys/{id}/rotate', 'by: ana'],
      ['POST /api/v1/keys', 'name: helpdesk; rpm: 60'],
    ])
    expect((await entries('&subject=config-object'))[0]).toMatchObject({
      subject: 'config-object:routes/slow',
      summary: expect.stringMatching(/^author: ana; not told: value; version \d+ \([0-9a-f]{6}\); .*slow/),
    })
    const text = JSON.stringify(all)
    for (const secret of [
      CANARY,
      key,
      readString(rotated, 'key') ?? '',
      gateway.gatehouse.adminToken.secret.reveal(),
    ])
      expect(text.includes(secret)).toBeFalse()
    expect(text).toContain(`key:[key ${id}]`)
  })

  test('to read what was said is an act', async () => {
    await gateway.askAdmin('/api/v1/requests/req_none/content?restore=false')
    expect((await entries('&act=GET'))[0]).toMatchObject({
      act: 'GET /api/v1/requests/{id}/content',
      subject: 'request:req_none',
      outcome: '404',
      summary: 'restore: false',
    })
  })

  test('a hundred at a time follow on each other, and a key that comes again does nothing again', async () => {
    const before = (await entries()).length
    await Promise.all(
      Array.from({ length: 100 }, (_, index) => act('PUT', `/api/v1/views/view ${index}`, { q: '' })),
    )
    expect((await entries()).length - before).toBe(100)
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'once-1' }
    for (const replayed of [null, 'true']) {
      const body = JSON.stringify({ name: 'once' })
      const response = await gateway.askAdmin('/api/v1/keys', { method: 'POST', headers, body })
      expect(response.headers.get('idempotent-replayed')).toBe(replayed)
    }
    expect((await entries()).length - before).toBe(101)
    const state = parseJsonObject(await (await gateway.askAdmin('/api/v1/audit/state')).text()) ?? {}
    expect(state).toMatchObject({ whole: true, up_to: before + 101 })
  }, 30_000)
})

describe('a store that takes no entry', () => {
  test('has nothing done, and says so', async () => {
    const database = new Database(join(directory, 'gatehouse.db'))
    database.run("create trigger full before insert on audit_begun begin select raise(abort, 'full'); end")
    const refused = await act('POST', '/api/v1/keys', { name: 'unseen' })
    expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('nothing was done')])
    expect((await gateway.askAdmin('/api/v1/requests/req_none/content')).status).toBe(503)
    expect((await act('DELETE', '/api/v1/keys/0123456789ab')).status).toBe(404)
    database.run('drop trigger full')
    const keys = await (await gateway.askAdmin('/api/v1/keys')).text()
    expect(keys).not.toContain('unseen')
    database.run("create trigger full before insert on audit_entries begin select raise(abort, 'full'); end")
    expect((await act('POST', '/api/v1/keys', { name: 'told-later' })).status).toBe(201)
    database.run('drop trigger full')
    database.close()
    await act('POST', '/api/v1/keys', { name: 'told-now' })
    const told = (await entries('&act=POST')).slice(0, 2).map(({ summary }) => summary)
    expect(told).toEqual(['name: told-now', 'name: told-later'])
    expect(await entries('&subject=key:0123456789ab')).toHaveLength(1)
  })
})

describe('acts of the gateway and of its file', () => {
  test('start, stop, what the file puts in force and what of it is refused', async () => {
    writeFileSync(gateway.configFile, 'routes: { fast: { targets: [sim/long] } }\n')
    gateway.gatehouse.reload()
    while ((await entries('&act=config')).length < 2) await Promise.resolve()
    writeFileSync(gateway.configFile, 'routes: 5\n')
    gateway.gatehouse.reload()
    await gateway.close()
    // A process that died while somebody made a key.
    const database = new Database(join(directory, 'gatehouse.db'))
    database.run('pragma busy_timeout = 5000')
    database.run(
      `insert into audit_begun values ('act_dead', 1, 'admin token', null, 'POST /api/v1/keys', 'key', null, 'name: lost')`,
    )
    database.close()
    gateway = await start()
    const all = await entries()
    const own = all.filter(({ actor, act: what }) => actor !== 'admin token' || what === 'act_dead')
    expect(own.map(({ actor, act: what, outcome }) => [actor, what, outcome])).toEqual([
      ['file', 'config reload', 'in force'],
      ['process', 'start', 'done'],
      ['process', 'stop', 'done'],
      ['file', 'config reload', 'refused'],
      ['file', 'config reload', 'in force'],
      ['file', 'config reload', 'in force'],
      ['process', 'first key made', 'done'],
      ['process', 'start', 'done'],
      ['process', 'audit key made', 'done'],
    ])
    expect(all.find(({ id }) => id === 'act_dead')).toMatchObject({
      outcome: 'unknown',
      summary: 'name: lost',
    })
  })
})
