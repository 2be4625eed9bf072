import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { ask } from './asking.ts'
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
  const { headers } = await ask(house.url, {
    dialect: 'openai-chat',
    mode: 'unary',
    model: 'kept',
    key: house.key('one'),
    text,
    extra: { temperature: 0 },
  })
  return headers.get('x-gatehouse-cache')
}

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
