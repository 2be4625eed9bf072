import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'bun:test'
import {
  isObject,
  parseJson,
  readArray,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { openHouse, type House } from './open-house.ts'

let house: House

beforeAll(async () => {
  house = await openHouse({ config: { routes: { support: ['first/echo'] } } })
})

afterAll(() => house.close())

async function admin(method: string, path: string, body?: Json, headers: Record<string, string> = {}) {
  const response = await house.gateway.askAdmin(`/api/v1${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const answer = parseJson(await response.text())
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    json: isObject(answer) ? answer : {},
  }
}

const originOf = (config: JsonObject, section: string, name: string): string | undefined => {
  const object = readObjects(config, 'objects').find(
    (one) => one['section'] === section && one['name'] === name,
  )
  return object === undefined ? undefined : readString(object, 'origin')
}

test('an object is made, changed, removed and rolled back; every time a version says in plain words what became of it', async () => {
  const first = await admin('GET', '/config')
  expect(readObject(first.json, 'version')?.['number']).toBe(1)
  expect(originOf(first.json, 'routes', 'support')).toBe('file')
  const made = await admin('PUT', '/config/objects/routes/fast', {
    value: ['second/echo'],
    comment: 'for the desk',
    author: 'ana',
  })
  expect(made.json).toMatchObject({
    changed: true,
    version: {
      number: 2,
      by: 'api',
      author: 'ana',
      comment: 'for the desk',
      changes: ['route fast is new'],
      state: 'in-force',
    },
  })
  const { json: one, etag } = await admin('GET', '/config/objects/routes/fast')
  expect(one).toMatchObject({ origin: 'managed', value: ['second/echo'], yaml: '- second/echo\n' })
  expect(etag).toBe(made.etag)
  const changed = await admin(
    'PUT',
    '/config/objects/routes/fast',
    { yaml: '- first/echo # cheaper\n- second/echo' },
    { 'if-match': etag },
  )
  expect(readObject(changed.json, 'version')?.['changes']).toEqual([
    'route fast: the first target is now first/echo instead of second/echo; the second target is now second/echo',
  ])
  const late = await admin(
    'PUT',
    '/config/objects/routes/fast',
    { value: ['second/echo'] },
    { 'if-match': etag },
  )
  expect(late).toMatchObject({ status: 412, json: { code: 'changed-meanwhile' } })
  const back = await admin('POST', '/config/versions/2/roll-back', { comment: 'too slow' })
  expect(back.json).toMatchObject({ version: { number: 4, of: 2, state: 'in-force' } })
  expect((await admin('GET', '/config/objects/routes/fast')).json['value']).toEqual(['second/echo'])
  const removed = await admin('DELETE', '/config/objects/routes/fast?author=ana')
  expect(readObject(removed.json, 'version')).toMatchObject({ number: 5, changes: ['route fast is gone'] })
  const page = await admin('GET', '/config/versions?limit=3')
  expect(readObjects(page.json, 'data').map((version) => [version['number'], version['state']])).toEqual([
    [5, 'in-force'],
    [4, 'replaced'],
    [3, 'rolled-back'],
  ])
  const rest = await admin('GET', `/config/versions?limit=3&after=${readString(page.json, 'next')}`)
  expect(readObjects(rest.json, 'data').map((version) => version['number'])).toEqual([2, 1])
})

test('mistakes name the layer, the path and the nearest name, and change nothing', async () => {
  const before = (await admin('GET', '/config')).json['plan']
  const wrong = await admin('PUT', '/config/objects/routes/wrong', { value: { tragets: ['first/echo'] } })
  expect(wrong).toMatchObject({ status: 400, json: { code: 'invalid-request' } })
  expect(readArray(wrong.json, 'errors')).toContainEqual(
    expect.objectContaining({
      path: 'routes.wrong.tragets',
      layer: 'managed',
      hint: 'Did you mean "targets"?',
    }),
  )
  const inFile = await admin('PUT', '/config/objects/routes/support', { value: ['second/echo'] })
  expect(inFile).toMatchObject({ status: 409, json: { code: 'read-only' } })
  const nowhere = await admin('PUT', '/config/objects/route/x', { value: ['second/echo'] })
  expect(nowhere).toMatchObject({ status: 404, json: { nearest: ['routes'] } })
  const stolen = await admin('PUT', '/config/objects/providers/mine', {
    value: { type: 'openai', base_url: 'https://elsewhere.example', key: 'env:PROVIDER_KEY' },
  })
  expect(readArray(stolen.json, 'errors')).toContainEqual(
    expect.objectContaining({
      path: 'providers.mine.key',
      message: '`env:` and `file:` are read for the file alone',
    }),
  )
  expect((await admin('GET', '/config')).json['plan']).toBe(before ?? '')
})

test('a name that the file brings later is the file’s, with a warning, and what is applied beside it still is', async () => {
  await admin('PUT', '/config/objects/routes/late', { value: ['second/echo'] })
  await admin('PUT', '/config/objects/routes/beside', { value: ['second/echo'] })
  writeFileSync(
    house.gateway.configFile,
    house.configText({ routes: { support: ['first/echo'], late: ['first/echo'] } }),
  )
  house.gateway.gatehouse.reload()
  const { json } = await admin('GET', '/config')
  expect(originOf(json, 'routes', 'late')).toBe('file')
  expect(originOf(json, 'routes', 'beside')).toBe('managed')
  expect(readObjects(json, 'warnings')).toContainEqual(
    expect.objectContaining({
      path: 'routes.late',
      layer: 'managed',
      message: 'stands in the file as well, which holds',
    }),
  )
  expect((await admin('PUT', '/config/objects/routes/another', { value: ['first/echo'] })).status).toBe(200)
})

test('a stored secret is used as stored:NAME, rotated without a version, never told, and not forgotten while it is used', async () => {
  const missing = await admin('PUT', '/config/objects/providers/third', { value: third('stored:third') })
  expect(readArray(missing.json, 'errors')).toContainEqual(
    expect.objectContaining({ path: 'providers.third.key', message: 'no secret called third is stored' }),
  )
  expect((await admin('PUT', '/secrets/third', { value: 'sk-third-0123456789' })).json['used_at']).toEqual([])
  const made = await admin('PUT', '/config/objects/providers/third', { value: third('stored:third') })
  expect(made.status).toBe(200)
  const before = (await admin('GET', '/config')).json
  await admin('PUT', '/secrets/third', { value: 'sk-other-0123456789' })
  const after = (await admin('GET', '/config')).json
  expect(readObject(after, 'version')).toEqual(readObject(before, 'version') ?? {})
  expect(after['plan']).not.toBe(before['plan'] ?? '')
  const listed = await admin('GET', '/secrets')
  expect(readObjects(listed.json, 'data')).toEqual([
    expect.objectContaining({ name: 'third', used_at: ['providers.third.key'] }),
  ])
  expect(await admin('DELETE', '/secrets/third')).toMatchObject({ status: 409, json: { code: 'in-use' } })
  await admin('PUT', '/config/objects/providers/third', { value: third('sk-plain-0123456789') })
  const shown = await admin('GET', '/config/objects/providers/third')
  expect(shown.json['value']).toMatchObject({ key: '(hidden)' })
  const same = await admin('PUT', '/config/objects/providers/third', { value: shown.json['value'] ?? null })
  expect(same.json['changed']).toBe(false)
  const kept = await readFile(join(dirname(house.gateway.configFile), 'gatehouse.db'))
  const all = JSON.stringify([after, listed.json, shown.json, (await admin('GET', '/config/managed')).json])
  for (const text of [all, kept.toString('latin1')])
    for (const secret of ['sk-third-', 'sk-other-', 'sk-plain-']) expect(text).not.toContain(secret)
  await admin('DELETE', '/config/objects/providers/third')
  expect((await admin('DELETE', '/secrets/third')).status).toBe(200)
})

function third(key: string): Json {
  return { type: 'openai', base_url: 'http://127.0.0.1:9', key }
}

test('what is managed outlives the process; roll-back holds until the file changes; a document that does not fit is left out', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-releases-'))
  const file = (text: string): string => `providers: { sim: }\n${text}`
  const ask = async (gateway: RunningGateway, path: string, init?: RequestInit) => {
    const answer = parseJson(await (await gateway.askAdmin(`/api/v1${path}`, init)).text())
    return isObject(answer) ? answer : {}
  }
  const send = (method: string, body: Json): RequestInit => ({
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
  let gateway = await openRunningGateway({ directory, config: file('routes: { one: [sim/smart] }') })
  await ask(gateway, '/config/objects/routes/two', send('PUT', { value: ['sim/smart'] }))
  writeFileSync(gateway.configFile, file('routes: { one: [sim/echo] }'))
  gateway.gatehouse.reload()
  const beganMs = performance.now()
  await ask(gateway, '/config/versions/2/roll-back', send('POST', {}))
  expect(performance.now() - beganMs).toBeLessThan(2_000)
  await gateway.close()
  gateway = await openRunningGateway({ directory, config: file('routes: { one: [sim/echo] }') })
  const kept = await ask(gateway, '/config')
  expect(readObject(kept, 'file')).toMatchObject({ ok: true, drifted: true })
  expect(readObject(kept, 'version')).toMatchObject({ number: 4, of: 2 })
  expect(readObjects(kept, 'objects')).toContainEqual(
    expect.objectContaining({ name: 'one', value: ['sim/smart'] }),
  )
  expect(originOf(kept, 'routes', 'two')).toBe('managed')
  writeFileSync(gateway.configFile, 'providers: { other: { type: openai, base_url: "http://127.0.0.1:9" } }')
  gateway.gatehouse.reload()
  const alone = await ask(gateway, '/config')
  expect(readObject(alone, 'file')).toMatchObject({ drifted: false })
  expect(readObjects(alone, 'left_out')).toContainEqual(
    expect.objectContaining({ layer: 'managed', path: 'routes.two.targets[0]' }),
  )
  expect(gateway.log.join('\n')).toContain('the file alone is in force')
  await gateway.close()
  rmSync(directory, { recursive: true })
})
