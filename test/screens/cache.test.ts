import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes:
  faq: { targets: [sim/smart], cache: { tags: [faq] } }
  other: { targets: [sim/smart], cache: true }
`

describe.skipIf(browser === undefined)('the page of the cache', () => {
  let screens: Screens
  let again = ''

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    const saying = (content: string) => ({ temperature: 0, messages: [{ role: 'user', content }] })
    await screens.chat('faq', { extra: saying('How long?') })
    again = await screens.chat('faq', { extra: saying('How long?') })
    await screens.chat('other', { extra: saying('How much?') })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('tells what it saved and holds, leads to the request that was answered from it, and removes what is meant', async () => {
    const page = await screens.signIn()
    await page.goto(`${screens.gateway.adminUrl}/cache`)
    await page.getByText('2 routes keep answers over restarts: 1 were given again').waitFor()
    const routes = page.getByRole('region', { name: 'Routes' })
    expect(await routes.getByRole('row').filter({ hasText: 'faq' }).innerText()).toMatch(/50\.0 %\s+1\s+1/)
    const answers = page.getByRole('region', { name: 'Answers that are kept' })
    expect(await answers.getByRole('row').count()).toBe(3)
    await routes.getByRole('button', { name: 'Remove the answers of faq' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    expect(await answers.getByRole('row').count()).toBe(3)
    await routes.getByRole('button', { name: 'Remove the answers of faq' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await answers.getByRole('row').nth(2).waitFor({ state: 'detached' })
    expect(await answers.innerText()).not.toContain('faq')
    await routes.getByRole('row').filter({ hasText: 'faq' }).getByTitle('The requests').click()
    await page.locator(`tr[data-id="${again}"]`).waitFor()
    expect(await page.locator('tr[data-id]').count()).toBe(1)
    await page.goto(`${screens.gateway.adminUrl}/requests/${again}`)
    await page.getByRole('tab', { name: 'Receipt' }).click()
    await page.getByText('Saved by the cache').waitFor()
    await page.context().close()
  })
})

test.skipIf(browser === undefined)(
  'without a route that keeps answers the page says how to begin',
  async () => {
    const screens = await openScreens(browser ?? '', { config: 'providers: { sim: {} }\n' })
    const page = await screens.signIn()
    await page.goto(`${screens.gateway.adminUrl}/cache`)
    await page.getByText('No route keeps answers yet').waitFor()
    expect(await page.getByLabel('A route that keeps answers').innerText()).toContain('cache:')
    await screens.close()
  },
)
