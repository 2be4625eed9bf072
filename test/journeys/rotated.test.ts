import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  parseJsonObject,
  readArray,
  readObject,
  readObjects,
  readString,
  type JsonObject,
} from '../../src/kit/json.ts'
import { mintKey } from '../../src/exchange/virtual-key.ts'
import { createSeededRandom } from '../../src/kit/random.ts'
import { createMovableClock } from '../movable-clock.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

/* What becomes of keys after they were made: another secret beside the one before, other terms, a pause. */

const HOUR_MS = 3_600_000
const filed = mintKey({ environment: 'live', random: createSeededRandom(1), hmac: () => '' })
const { clock, move } = createMovableClock()
let gateway: RunningGateway

beforeAll(async () => {
  gateway = await openRunningGateway({
    clock,
    config: 'providers: { sim: {} }\nkeys: [{ name: filed, value: env:FILED }]\n',
    environment: { FILED: filed.text.reveal() },
  })
})
afterAll(() => gateway.close())

async function admin(method: string, path: string, body?: JsonObject): Promise<JsonObject> {
  const answer = await gateway.askAdmin(`/api/v1/keys${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return parseJsonObject(await answer.text()) ?? {}
}

async function make(body: JsonObject): Promise<{ readonly id: string; readonly key: string }> {
  const made = await admin('POST', '', body)
  return { id: readString(made, 'id') ?? '?', key: readString(made, 'key') ?? '?' }
}

async function status(key: string): Promise<number> {
  const answer = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sim/smart', messages: [{ role: 'user', content: 'Hi' }] }),
  })
  await answer.text()
  return answer.status
}

/** Keys are in force in this process as soon as it has looked. */
async function becomes(key: string, expected: number): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await status(key)) === expected) return
    await Bun.sleep(20)
  }
  expect(await status(key)).toBe(expected)
}

describe('a key that is rotated', () => {
  test('has two secrets for a time, which are one owner with one budget, and the earlier ends by itself', async () => {
    const { id, key } = await make({ name: 'turned', budget: { usd: 9, per: 'day' }, rpm: 3 })
    await becomes(key, 200)
    const rotated = await admin('POST', `/${id}/rotate`, { overlap: '2h', by: 'ana' })
    const next = readString(rotated, 'key') ?? '?'
    expect(rotated['id']).toBe(id)
    expect(next).not.toBe(key)
    await becomes(next, 200)
    expect(await status(key)).toBe(200)
    // The fourth within the minute, whichever secret it comes with.
    expect(await status(key)).toBe(429)
    expect(await status(next)).toBe(429)

    const shown = await admin('GET', `/${id}`)
    expect(readObject(shown, 'earlier')?.['used_at']).toBeString()
    expect(readObject(shown, 'used')).toEqual({ rpm: 3 })
    const [budget] = readObjects(shown, 'budgets')
    expect(BigInt(readString(readObject(budget ?? {}, 'spent') ?? {}, 'nano_usd') ?? '0')).toBeGreaterThan(0n)
    expect(readObjects(shown, 'acts').map(({ what, by }) => [what, by])).toEqual([
      ['rotated', 'ana'],
      ['made', undefined],
    ])
    const again = await admin('POST', `/${id}/rotate`, {})
    expect(again).toMatchObject({ code: 'not-so', status: 409 })

    move(2 * HOUR_MS)
    expect(await status(key)).toBe(403)
    await becomes(next, 200)
    expect(await admin('GET', `/${id}`)).not.toHaveProperty('earlier')
  })

  test('without an overlap has the new secret alone; an overlap is ended before its time', async () => {
    const { id, key } = await make({ name: 'leaked' })
    await becomes(key, 200)
    const second = readString(await admin('POST', `/${id}/rotate`, { overlap: '0s' }), 'key') ?? '?'
    await becomes(second, 200)
    expect(await status(key)).toBe(401)
    const third = readString(await admin('POST', `/${id}/rotate`, {}), 'key') ?? '?'
    await becomes(third, 200)
    expect(await status(second)).toBe(200)
    expect(await admin('POST', `/${id}/end-earlier`, {})).not.toHaveProperty('earlier')
    await becomes(second, 401)
    expect(await status(third)).toBe(200)
  })
})

test('a key is paused and resumed, and both are told from revoked', async () => {
  const { id, key } = await make({ name: 'resting' })
  await becomes(key, 200)
  expect(await admin('POST', `/${id}/pause`, { by: 'ana' })).toMatchObject({ status: 'paused' })
  await becomes(key, 403)
  expect(await admin('POST', `/${id}/pause`, {})).toMatchObject({ status: 'paused' })
  expect(await admin('POST', `/${id}/resume`, {})).toMatchObject({ status: 'active' })
  await becomes(key, 200)
  const acts = readArray(await admin('GET', `/${id}`), 'acts')
  expect(acts).toHaveLength(3)
  await admin('DELETE', `/${id}`)
  expect(await admin('POST', `/${id}/resume`, {})).toMatchObject({ status: 'revoked' })
  expect(await admin('POST', `/${id}/pause`, {})).toMatchObject({ code: 'not-so' })
})

test('what a key may do is said anew, checked as when it is made; what is not said any more does not hold', async () => {
  const { id, key } = await make({
    name: 'edited',
    models: ['sim/echo'],
    rpm: 5,
    allow: ['tags'],
    addresses: ['192.0.2.0/24'],
  })
  await becomes(key, 403)
  const wrong = await admin('PUT', `/${id}`, { name: 'edited', project: 'nobody', rmp: 5 })
  expect(readObjects(wrong, 'errors').map(({ path }) => path)).toEqual(['rmp'])
  const taken = await admin('PUT', `/${id}`, { name: 'turned' })
  expect(readObjects(taken, 'errors')[0]).toMatchObject({ path: 'name' })
  const edited = await admin('PUT', `/${id}`, {
    name: 'edited',
    tpm: 900,
    addresses: ['127.0.0.0/8', '::1'],
    budgets: [{ usd: 2, per: 'month' }],
    by: 'ben',
  })
  expect(edited).toMatchObject({ limits: { tpm: 900 }, allow: ['tags'], budgets: [{ per: 'month' }] })
  expect(edited).not.toHaveProperty('models')
  await becomes(key, 200)
  const [act] = readObjects(await admin('GET', `/${id}`), 'acts')
  expect(act).toMatchObject({ what: 'edited', by: 'ben', via: 'api' })
  expect(readString(act ?? {}, 'detail')).toContain('rpm: 5 → nothing')
})

test('when a key was used last is told by the log, with the program that used it', async () => {
  const { id, key } = await make({ name: 'seen' })
  await becomes(key, 200)
  for (let tries = 0; tries < 100; tries += 1) {
    const listed = readObjects(await admin('GET', '?limit=100'), 'data').find((one) => one['id'] === id)
    const used = readObject(listed ?? {}, 'last_used')
    if (used?.['exact'] === true) return
    await Bun.sleep(20)
  }
  throw new Error('nobody knows when it was used')
})

test('a key of the file is changed in the file', async () => {
  for (const [method, path] of [
    ['PUT', ''],
    ['POST', '/rotate'],
    ['POST', '/pause'],
  ] as const)
    expect(await admin(method, `/${filed.id}${path}`, path === '' ? { name: 'filed' } : {})).toMatchObject({
      code: 'read-only',
    })
  expect(await admin('POST', '/nobody00000/pause', {})).toMatchObject({ code: 'not-found' })
})
