import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Locator, Page } from 'playwright-core'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers:
  sim: { timeout: { first_token: 1s } }
  other: { base_url: 'other.test/v1', key: 'env:OTHER_KEY', dialects: [anthropic-messages] }
routes:
  support: ['sim/flaky?rate=1', sim/smart]
  late: { targets: ['sim/slow?ttft=20s'], fallback: { attempts: 1 } }
`
/** From the Overview to an answer. */
const MOST_CLICKS = 3

describe.skipIf(browser === undefined)('what anyone on a team asks is answered from the Overview', () => {
  let screens: Screens
  let failedOver = ''
  let changed = ''
  let other: SimulatedProvider

  beforeAll(async () => {
    other = await openTestProvider(DIALECTS)
    screens = await openScreens(browser ?? '', {
      config: CONFIG.replace('other.test', other.url),
      environment: { OTHER_KEY: TEST_CREDENTIAL },
    })
    changed = await screens.chat('other/smart', { extra: { seed: 7 } })
    await screens.chat('late', { stream: true })
    await screens.chat('auto', { headers: { 'x-gatehouse-tags': 'customer=initech' } })
    failedOver = await screens.chat('support', { headers: { 'x-gatehouse-tags': 'customer=acme' } })
    for (let more = 0; more < 3; more += 1)
      await screens.chat('support', { headers: { 'x-gatehouse-tags': 'customer=acme' } })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    await other.close()
    expect(complaints).toEqual([])
  })

  /** Clicks its way from the Overview, no more often than a person should have to. */
  const from = async (page: Page, ...clicks: readonly ((page: Page) => Locator)[]): Promise<void> => {
    expect(clicks.length).toBeLessThanOrEqual(MOST_CLICKS)
    await page.goto(screens.gateway.adminUrl)
    for (const click of clicks) await click(page).click()
  }
  const link =
    (name: string | RegExp, region?: string | RegExp) =>
    (page: Page): Locator =>
      (region === undefined ? page : page.getByRole('region', { name: region }))
        .getByRole('link', { name, exact: true })
        .first()

  test('which model handled that request, why that one, and what it cost by which sum', async () => {
    const page = await screens.signIn()
    await from(page, link('Requests'), (list) => list.locator(`a[href*="${failedOver}"]`).first())
    // In plain words at once; every candidate, and every unit at its price, one press further.
    const story = page.getByRole('region', { name: 'What happened' })
    await story.getByText('sim/flaky?rate=1 failed').first().waitFor()
    expect(await story.innerText()).toMatch(
      /stands first among the eligible targets(.|\n)*sim\/smart answered/,
    )
    expect(await page.getByRole('region', { name: 'Receipt' }).innerText()).toMatch(/Total\s+sim \$0\.\d+/)
    await page.getByRole('tab', { name: 'Decision' }).click()
    const why = page.getByRole('region', { name: 'Why it went here' })
    expect(await why.innerText()).toContain('first-in-order')
    await page.getByRole('tab', { name: 'Receipt' }).click()
    expect(await page.getByRole('region', { name: 'Receipt' }).innerText()).toMatch(/Input tokens\s+\d+ × \$/)
    await page.close()
  })

  test('what was changed on the way', async () => {
    const page = await screens.signIn()
    await from(page, link('Requests'), (list) => list.locator(`a[href*="${changed}"]`).first())
    const told = page.getByRole('region', { name: 'What was changed on the way' })
    await told.getByText('The model has no such parameter; it was left out.').waitFor()
    expect(await told.innerText()).toMatch(/not as asked\s+seed/)
    await page.close()
  })

  test('what failed over this week', async () => {
    const page = await screens.signIn()
    await from(
      page,
      (overview) => overview.getByRole('button', { name: /Last 24 hours/ }),
      (overview) => overview.getByRole('button', { name: 'Last 7 days' }),
      link('those that fell back', 'What changed'),
    )
    await page.waitForURL('**/requests?**begun*')
    await page.locator(`a[href*="${failedOver}"]`).first().waitFor()
    expect(await page.getByRole('link', { name: 'late', exact: true }).count()).toBe(0)
    await page.close()
  })

  test('which route times out most, and which customer burns the money', async () => {
    const page = await screens.signIn()
    await from(page)
    const routes = page.getByRole('region', { name: /^Routes/ })
    await routes.getByRole('link', { name: 'late', exact: true }).waitFor()
    expect(await routes.locator('tbody tr').first().innerText()).toContain('late')
    await from(page, link('show', /^Routes/))
    await page.waitForURL('**/requests?**timeout*')
    await page.getByText('first-byte-timeout').first().waitFor()
    await from(page, link('Cost'))
    await page.getByLabel('Stack by').selectOption('tag')
    const table = page.getByRole('region', { name: 'By tag' })
    await table.getByText('customer=acme').first().waitFor()
    expect(await table.locator('tbody tr').first().innerText()).toContain('acme')
    await page.close()
  })

  test('what happens if this provider goes down now', async () => {
    const page = await screens.signIn()
    await from(page, link('All, and what if one goes down'))
    const outage = page.getByRole('region', { name: 'What if it goes down now?' })
    await outage.getByText('would fail until sim is back').waitFor()
    await page.close()
  })

  test('a key with a budget is made, burnt, seen at its limit, and blocks the next request', async () => {
    const page = await screens.signIn({ path: '/keys' })
    await page.getByRole('button', { name: 'Make a key' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('intern')
    await dialog.getByLabel('Budget in US dollars').fill('0.005')
    await dialog.getByRole('button', { name: 'Make the key' }).click()
    const key = await page.locator('pre.secret').innerText()
    await page.getByRole('button', { name: 'I have it' }).click()
    const ask = async (): Promise<number> => {
      const { status } = await fetch(`${screens.gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'auto',
          max_tokens: 1_000,
          messages: [{ role: 'user', content: 'Hi' }],
        }),
      })
      return status
    }
    const statuses: number[] = []
    while (statuses.at(-1) !== 402 && statuses.length < 100) statuses.push(await ask())
    expect(new Set(statuses)).toEqual(new Set([200, 402]))
    await page.goto(`${screens.gateway.adminUrl}/budgets`)
    await page
      .getByRole('row', { name: /intern/ })
      .first()
      .waitFor()
    await page.close()
  })
})
