import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import {
  CUSTOMER,
  GUARD_AND_CACHE_CONFIG,
  lastId,
  playGuardAndCache,
  tellOf,
  type Played,
} from '../journeys/guard-and-cache.ts'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()

/** What the page of a request says of each, whatever else it says. */
const SHOWN: Readonly<Record<keyof Played, readonly RegExp[]>> = {
  blocked: [/Guardrail code-names: blocked/, /Nothing was sent: guardrail code-names blocked it/],
  masked: [/Guardrail customers: masked/, /email 2/],
  insideOnly: [/Guardrail sensitive: restricted/, /sim\/smart.*guardrail sensitive wants region eu/],
  cached: [/A kept answer was given/, /answered by\s+the cache/i],
  stampede: [/The answer to the same question, asked at the same time, was given/],
  repeated: [/The answer of\s+req_\w+\s+was given again/],
}

describe.skipIf(browser === undefined)('the page of a request', () => {
  let screens: Screens
  let played: Played

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: GUARD_AND_CACHE_CONFIG })
    played = await playGuardAndCache(screens.gateway)
    await Promise.all(Object.values(played).map((answers) => tellOf(screens.gateway, lastId(answers))))
  }, 120_000)
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('shows what was blocked, masked, kept inside, answered from the cache or from a call under way, and given again', async () => {
    const page = await screens.signIn()
    for (const [name, patterns] of Object.entries(SHOWN)) {
      await page.goto(`${screens.gateway.adminUrl}/requests/${lastId(played[name as keyof Played])}`)
      await page.getByRole('region', { name: 'What happened' }).waitFor()
      await page.getByRole('region', { name: 'Receipt' }).waitFor()
      const text = await page.locator('main').innerText()
      for (const pattern of patterns) expect(text).toMatch(pattern)
      expect(text).not.toContain(CUSTOMER)
    }
    await page.context().close()
  }, 120_000)
})
