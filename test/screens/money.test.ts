import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes: { support: ['sim/flaky?rate=1', sim/smart] }
projects: { search: { budgets: [{ usd: 100, per: month }], limits: { rpm: 600 } } }
`

describe.skipIf(browser === undefined)('the pages about money', () => {
  let screens: Screens
  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    await screens.chat('support')
    await screens.chat('auto')
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('cost: invented money is told as such, by model and route, and a name leads to its requests', async () => {
    const page = await screens.signIn({ path: '/cost' })
    await page.getByText('It is never added to real money.').waitFor()
    const table = page.getByRole('region', { name: 'Route × model' })
    await table.getByRole('link', { name: 'support' }).waitFor()
    await page.getByLabel('Stack by').selectOption('provider')
    await page.getByRole('region', { name: 'By provider' }).getByRole('link', { name: 'sim' }).waitFor()
    expect(page.url()).toContain('by=provider')
    await page
      .getByRole('region', { name: 'Route × provider' })
      .getByRole('link', { name: 'support' })
      .click()
    await page.waitForURL('**/requests?**q=route*')
    await page.close()
  })

  test('budgets: one is raised until a day, and ended again', async () => {
    const page = await screens.signIn({ path: '/budgets' })
    await page.getByRole('button', { name: 'Raise it for a time' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('US dollars more').fill('50')
    await dialog.getByLabel('Until, the first day without it').fill('2020-01-01')
    await dialog.getByLabel('Why').fill('launch week')
    await dialog.getByRole('button', { name: 'Raise it' }).click()
    await dialog.getByText('this time is over').waitFor()
    const until = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10)
    await dialog.getByLabel('Until, the first day without it').fill(until)
    await dialog.getByRole('button', { name: 'Raise it' }).click()
    const raised = page.getByRole('region', { name: 'Raised for a time' })
    await raised.getByText('launch week').waitFor()
    await page.getByText('$50.00 of it added').waitFor()
    await raised.getByRole('button', { name: 'End now' }).click()
    await raised.getByText('ended').waitFor()
    await page.close()
  })
})
