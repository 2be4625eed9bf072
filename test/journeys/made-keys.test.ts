import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readString, type JsonObject } from '../../src/kit/json.ts'
import { SETTINGS_IN_TURN, type Setting } from '../modes.ts'
import { ask, type Answer } from './asking.ts'
import { openHouse, providerEntry, type House, type HouseOptions, type Records } from './open-house.ts'

/*
 * Keys that are made while a gateway runs are held to what they want of targets, and wait in their line, as those of the file: in every
 * dialect and mode, through every way to a target, and after a restart.
 */

const WAYS = ['chosen', 'failing', 'raced', 'hedged', 'divided', 'stepped', 'shadowed'] as const
type Way = (typeof WAYS)[number]

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-journey-'))
const broken = 'near/fault?kind=status-500'
const options: HouseOptions = {
  directory,
  providers: (url) => ({
    near: providerEntry(url, { region: 'eu-central-1', incident_domain: 'near' }),
    far: providerEntry(url, { region: 'us-east-1', incident_domain: 'far' }),
  }),
  keys: { filed: { only: { region: 'eu' } } },
  config: {
    routes: {
      chosen: ['far/echo', 'near/echo'],
      failing: { targets: [broken, 'near/echo'], fallback: { to: ['far/echo'] } },
      raced: { targets: ['far/echo', 'near/echo'], race: 2 },
      hedged: { targets: ['near/smart?ttft=150ms', 'far/echo'], hedge: '10ms' },
      divided: {
        targets: ['near/echo'],
        canary: { share: 50, targets: ['far/echo'] },
      },
      stepped: {
        targets: ['near/echo'],
        steps: [
          { name: 'all', when: 'request.model == "stepped"', targets: ['far/echo', 'near/echo'] },
          { name: 'rest' },
        ],
      },
      shadowed: {
        targets: ['near/echo'],
        shadow: { to: 'far/echo', share: 100, budget: { usd: 9, per: 'day' } },
      },
    },
  },
}

let house: House
let made: string
let records: Records | undefined

beforeAll(async () => {
  house = await openHouse(options)
  made = await makeKey({ name: 'made', only: { region: 'eu' } })
})
afterAll(async () => {
  await house.close()
  rmSync(directory, { recursive: true, force: true })
})

async function makeKey(body: JsonObject): Promise<string> {
  const answer = await house.gateway.askAdmin('/api/v1/keys', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(201)
  return readString(await answer.json(), 'key') ?? ''
}

function put(
  way: string,
  key: string,
  { dialect, mode }: Pick<Setting, 'dialect' | 'mode'>,
): Promise<Answer> {
  return ask(house.url, { dialect, mode, model: way, key, text: 'Say this.' })
}

describe.each(WAYS)(
  'a key that was made is answered by whom it wants, as one of the file: %s',
  (way: Way) => {
    test.each(SETTINGS_IN_TURN)('$dialect, $mode', async (setting) => {
      for (const key of [made, house.key('filed')]) {
        const answer = await put(way, key, setting)
        expect([200, 403]).toContain(answer.status)
        if (way !== 'divided') expect(answer.status).toBe(200)
        expect(answer.headers.get('x-gatehouse-model') ?? 'near/').toStartWith('near/')
      }
    })
  },
)

test('without what it wants, the others are asked', async () => {
  const free = await makeKey({ name: 'free' })
  const answer = await put('chosen', free, { dialect: 'openai-chat', mode: 'unary' })
  expect(answer.headers.get('x-gatehouse-model')).toStartWith('far/echo')
})

test('requests of a key with a line wait where its limit is reached; those of one without are refused', async () => {
  const unary = { dialect: 'openai-chat', mode: 'unary' } as const
  const slow = 'near/smart?ttft=200ms'
  const lined = await makeKey({ name: 'lined', concurrent: 1, queue: { max: 5, wait: '30s' } })
  const waiting = await Promise.all([1, 2, 3].map(() => put(slow, lined, unary)))
  expect(waiting.map(({ status }) => status)).toEqual([200, 200, 200])
  const strict = await makeKey({ name: 'strict', concurrent: 1 })
  const refused = await Promise.all([1, 2, 3].map(() => put(slow, strict, unary)))
  expect(refused.map(({ status }) => status).toSorted((left, right) => left - right)).toEqual([200, 429, 429])
})

test('all of it holds after a restart, and nobody else was ever asked', async () => {
  records = await house.close()
  house = await openHouse({ ...options, keyTexts: house.keyTexts })
  const answer = await put('chosen', made, { dialect: 'openai-chat', mode: 'stream' })
  expect(answer.headers.get('x-gatehouse-model')).toStartWith('near/echo')
  const held = new Set(
    records.requests
      .filter(({ keyName }) => keyName === 'made' || keyName === 'filed')
      .flatMap(({ id, parentId }) => [id, ...(parentId === undefined ? [] : [parentId])]),
  )
  const rows = records.ledger.filter(
    ({ requestId, parentId = '' }) => held.has(requestId) || held.has(parentId),
  )
  expect(rows.length).toBeGreaterThan(2 * WAYS.length)
  expect(rows.filter(({ provider }) => provider !== 'near')).toEqual([])
})
