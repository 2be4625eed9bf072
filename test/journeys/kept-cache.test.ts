import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { writeAddress } from '../../src/cli/address-file.ts'
import { run } from '../../src/cli/command-line.fixture.ts'
import { parseJsonObject } from '../../src/kit/json.ts'
import { openRunningGateway } from '../running-gateway.ts'
import { ask, type Answer } from './asking.ts'
import { makeKeyText, openHouse, type House, type HouseOptions } from './open-house.ts'

/*
 * What is kept outlives the process, for whoever has its key, and is removed by those who run it.
 */

const directory = mkdtempSync(join(tmpdir(), 'gatehouse-kept-cache-'))
const keyTexts = { one: makeKeyText() }
let provider: SimulatedProvider
beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
})
afterAll(async () => {
  await provider.close()
  rmSync(directory, { recursive: true, force: true })
})

function openLife(cache: { readonly disk?: string | false } = {}): Promise<House> {
  const options: HouseOptions = {
    directory,
    provider,
    keyTexts,
    keys: { one: {} },
    config: { cache, routes: { kept: { targets: ['first/smart'], cache: { tags: ['faq'] } } } },
  }
  return openHouse(options)
}

async function put(house: House, text: string): Promise<string | null> {
  return (await asked(house, text)).headers.get('x-gatehouse-cache')
}

function asked(house: House, text: string): Promise<Answer> {
  return ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'kept',
    key: house.key('one'),
    text,
    extra: { temperature: 0 },
  })
}

const idOf = ({ headers }: Answer): string => headers.get('x-request-id') ?? ''

test('an answer is given again by the next process, and by none that has another key or keeps nothing', async () => {
  const first = await openLife()
  expect(await put(first, 'What outlives us?')).toBe('miss')
  expect(await put(first, 'What outlives us?')).toBe('hit')
  await first.close()

  const second = await openLife()
  const calls = provider.requests.all().length
  expect(await put(second, 'What outlives us?')).toBe('hit')
  expect(provider.requests.all()).toHaveLength(calls)
  await second.close()

  const forgetful = await openLife({ disk: false })
  expect(await put(forgetful, 'What outlives us?')).toBe('miss')
  await forgetful.close()

  rmSync(join(directory, 'config.key'))
  const stranger = await openLife()
  expect(await put(stranger, 'What outlives us?')).toBe('miss')
  expect(await put(stranger, 'What outlives us?')).toBe('hit')
  await stranger.close()
})

test('what lies there and what it did is told, and those who run it remove what they mean', async () => {
  const house = await openLife()
  const { gatehouse, askAdmin: admin } = house.gateway
  writeAddress(directory, {
    dataUrl: house.url,
    adminUrl: gatehouse.adminUrl,
    processId: process.pid,
  })
  const environment = { PROVIDER_KEY: 'not asked', KEY_ONE: keyTexts.one }
  const command = (...given: readonly string[]) =>
    run(directory, [...given, '--data', directory], { environment })
  const tell = async (query = '') => parseJsonObject(await (await admin(`/api/v1/cache${query}`)).text())
  const purge = async (body: object) => {
    const response = await admin('/api/v1/cache/purge', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, text: await response.text() }
  }
  expect(await purge({ all: true })).toMatchObject({ status: 200 })

  const first = await asked(house, 'What lies here?')
  const second = await asked(house, 'What lies here?')
  await asked(house, 'And what there?')
  expect((await house.rowOf(idOf(second))).cache).toBe('hit')
  expect((await admin(`/api/v1/requests?q=${encodeURIComponent('cache:hit')}&limit=1`)).status).toBe(200)
  expect(await tell()).toMatchObject({
    disk: true,
    entries: 2,
    routes: [{ route: 'kept', keeps: true, entries: 2 }],
    data: [{ route: 'kept', tags: ['faq'], hits: 1, request_id: idOf(first) }, { hits: 0 }],
  })
  const shown = await command('cache', 'show')
  // How far they shrink depends on the ids in them.
  expect(shown.err).toMatch(/2 answers, (?:2\.9|3\.0|3\.1) kB, kept over restarts/)
  expect(shown.out).toContain('faq')
  expect(shown.out + shown.err).not.toContain('What lies')

  expect((await command('req', idOf(second))).out).toContain('kept → the cache')
  const receipt = await command('receipt', idOf(second))
  expect(receipt.err).toBe('')
  expect(receipt.out).toMatch(/^Served from the cache \(hit\): first asked at 20\d\d-/)
  expect(receipt.out).toContain(`in ${idOf(first)}, cost then $`)
  expect(await (await admin(`/api/v1/receipts/${idOf(second)}`)).json()).toMatchObject({
    cache: { outcome: 'hit', first_request_id: idOf(first), saved: { nano_usd: '0' } },
  })
  expect((await command('receipt', idOf(first))).out).not.toContain('cache')

  // Nothing goes because a name was forgotten or misspelt.
  expect(await purge({})).toMatchObject({ status: 400 })
  expect(await purge({ tags: 'faq' })).toMatchObject({ status: 400, text: expect.stringContaining('tag') })
  expect(await purge({ all: true, tag: 'faq' })).toMatchObject({ status: 400 })
  expect((await command('cache', 'purge')).exitCode).toBe(2)
  expect((await command('cache', 'purg', '--all')).err).toContain('cache purge')
  expect((await command('cache', 'purge', '--tag', 'other')).err).toContain('0 answers')
  expect(await put(house, 'What lies here?')).toBe('hit')

  // Whoever wants a customer forgotten wants that of the answers too.
  const forgotten = await admin(`/api/v1/requests/${idOf(first)}/content`, { method: 'DELETE' })
  expect(forgotten.status).toBe(200)
  expect(await put(house, 'What lies here?')).toBe('miss')
  expect((await command('cache', 'purge', '--tag', 'faq')).err).toContain('2 answers were removed')
  expect(await put(house, 'What lies here?')).toBe('miss')
  const { owners } = await house.rowOf(idOf(second))
  const gone = await admin(`/api/v1/content?key=${owners.key}`, { method: 'DELETE' })
  expect(await gone.json()).toMatchObject({ cached_answers: 1 })
  expect(await put(house, 'What lies here?')).toBe('miss')
  await house.close()
})

test('the example gives the same answer again, and one of three where it says so', async () => {
  const config = await Bun.file(new URL('../../examples/caching.yaml', import.meta.url)).text()
  const gateway = await openRunningGateway({ config })
  const asked = async (model: string, extra: { temperature?: number }) => {
    const text = 'What does the example say?'
    const given = { dialect: 'openai-chat', mode: 'unary', key: gateway.key, model, text, extra } as const
    return (await ask(gateway.url, given)).headers.get('x-gatehouse-cache')
  }
  expect(await asked('support', { temperature: 0 })).toBe('miss')
  expect(await asked('support', { temperature: 0 })).toBe('hit')
  expect(await asked('support', {})).toBe('bypass')
  const ideas = await Promise.all(Array.from({ length: 40 }, () => asked('ideas', {})))
  expect(ideas.filter((came) => came === 'miss').length).toBeLessThanOrEqual(3)
  await gateway.close()
})
