import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
/** What is asked once, whatever page stands first. */
const OF_THE_SHELL: ReadonlySet<string> = new Set(['/api/v1/demo', '/api/v1/events'])
const CONFIG = `
providers:
  sim: {}
  house: { base_url: http://127.0.0.1:9/v1, dialects: [openai-chat] }
models:
  fast: sim/echo
  house/m1: { price: { input: 2, output: 10, cache_read: 0.5 }, vision: true }
routes:
  support: [sim/smart, house/m1]
  rare: [house/m9]
`

describe.skipIf(browser === undefined)('the models', () => {
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    await screens.chat('support')
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('a model is found by what leads to it, tells its price and its week, and leads to its requests', async () => {
    const page = await screens.signIn()
    const asked: string[] = []
    page.on('request', (request) => {
      const { pathname } = new URL(request.url())
      if (pathname.startsWith('/api/v1/') && !OF_THE_SHELL.has(pathname)) asked.push(pathname)
    })
    await page.goto(`${screens.gateway.adminUrl}/models`)
    await page.getByRole('row', { name: /sim\/smart.*\$1\.00/ }).waitFor()
    // One answer holds the whole view.
    expect([...new Set(asked)]).toEqual(['/api/v1/models'])
    await page.keyboard.press('/')
    await page.keyboard.type('support')
    await page.waitForURL('**/models?q=support')
    await page.getByRole('link', { name: 'house/m9' }).waitFor({ state: 'detached' })
    await page.getByLabel('Ability').selectOption('vision')
    await page.getByRole('link', { name: 'sim/smart' }).waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'house/m1' }).click()
    await page.getByRole('heading', { level: 1, name: 'house/m1' }).waitFor()
    const price = page.getByRole('region', { name: 'What it costs' })
    await price.getByText('By your configuration').waitFor()
    // 6,000 plain at $2, 4,000 cached at $0.50 and 1,000 written at $10 for a million.
    await price.getByLabel('Of those, cached').fill('4000')
    await price.getByText('$0.024', { exact: true }).waitFor()
    await page
      .getByRole('region', { name: 'Names that lead to it' })
      .getByRole('link', { name: 'support' })
      .waitFor()
    await page.goto(`${screens.gateway.adminUrl}/models/sim%2Fsmart`)
    await page.getByRole('link', { name: 'Its requests' }).click()
    await page.waitForURL('**/requests?q=target*')
    await page.getByRole('link', { name: 'support', exact: true }).waitFor()
    await page.close()
  })

  test('what has no price is unpriced, and never free', async () => {
    const page = await screens.signIn({ path: '/models?unpriced=true' })
    await page.getByRole('row', { name: /house\/m9.*unpriced/ }).waitFor()
    expect(await page.getByRole('link', { name: 'sim/smart' }).count()).toBe(0)
    await page.close()
  })
})
