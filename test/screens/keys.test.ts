import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes: { support: [sim/smart] }
`

describe.skipIf(browser === undefined)('keys', () => {
  let screens: Screens
  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  async function openKeys(): Promise<Page> {
    const page = await screens.signIn({ path: '/keys' })
    await page.getByRole('row', { name: /dev/ }).waitFor()
    return page
  }

  /** Makes a key of a name, with what else is filled in, and gives its text. */
  async function make(page: Page, name: string, fields: Readonly<Record<string, string>> = {}) {
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByLabel('Name', { exact: true }).fill(name)
    for (const [label, value] of Object.entries(fields))
      await page.getByLabel(label, { exact: true }).fill(value)
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = await page.getByText(/^gh_live_/).innerText()
    await page.getByRole('button', { name: 'I have it' }).click()
    return key
  }

  async function choose(page: Page, name: string, act: string): Promise<void> {
    await page.getByRole('button', { name: `Acts on ${name}` }).click()
    await page.getByRole('menuitem', { name: act }).click()
  }

  const models = async (key: string): Promise<number> => {
    const headers = { authorization: `Bearer ${key}` }
    return (await fetch(`${screens.gateway.url}/v1/models`, { headers })).status
  }

  test('one is made, shown once, opens the gateway, and is revoked', async () => {
    const page = await openKeys()
    await page.getByRole('button', { name: 'Make a key' }).click()
    await page.getByLabel('Project').fill('nobody')
    await page.getByLabel('Name', { exact: true }).fill('intake')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('there is no project nobody').waitFor()
    await page.getByLabel('Project').fill('')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const key = await page.getByText(/^gh_live_/).innerText()
    expect(await models(key)).toBe(200)
    // What is shown once is not lost by a key that was pressed too soon.
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'I have it' }).click()
    expect(await page.content()).not.toContain(key)
    await choose(page, 'intake', 'Revoke')
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke intake' }).click()
    await page.getByRole('row', { name: /intake.*revoked/ }).waitFor()
    expect(await models(key)).toBe(401)
    await page.close()
  })

  test('one is made with every limit, and edited with them in the form', async () => {
    const page = await openKeys()
    await make(page, 'capped', {
      'Requests a minute': '60',
      'Tokens a minute': '200k',
      'At the same time': '4',
      'Budget in US dollars': '5.25',
      Addresses: '127.0.0.0/8, ::1',
      Models: 'support, sim/*',
    })
    const row = page.getByRole('row', { name: /capped/ })
    await row.getByText('$0 of $5.25 a month').waitFor()
    await row.getByText('200,000 tokens/min').waitFor()
    await row.getByText('from 127.0.0.0/8, ::1').waitFor()
    await choose(page, 'capped', 'Edit')
    const dialog = page.getByRole('dialog')
    expect(await dialog.getByLabel('Budget in US dollars').inputValue()).toBe('5.25')
    await dialog.getByRole('button', { name: 'Another budget' }).click()
    await dialog.getByLabel('And in US dollars').fill('1')
    await dialog.getByLabel('Tokens a minute').fill('')
    await dialog.getByLabel('embeddings').check()
    await dialog.getByText('Where it may be answered, and who waits').click()
    await dialog.getByLabel('Providers', { exact: true }).fill('simm')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('there is no provider simm').waitFor()
    await dialog.getByLabel('Providers', { exact: true }).fill('sim')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await row.getByText('$0 of $1.00 a day').waitFor()
    await row.getByText('providers sim').waitFor()
    expect(await row.innerText()).not.toContain('tokens/min')
    await choose(page, 'capped', 'What was done to it')
    await dialog.getByText(/tpm: 200000 → nothing/).waitFor()
    await page.close()
  })

  test('one is rotated with an overlap, which is ended; paused, and resumed', async () => {
    const page = await openKeys()
    const first = await make(page, 'turned')
    await choose(page, 'turned', 'Rotate')
    await page.getByLabel('The present secret is taken for').selectOption('7d')
    await page.getByLabel('Who does it').fill('ana')
    await page.getByRole('button', { name: 'Rotate it' }).click()
    const second = await page.getByText(/^gh_live_/).innerText()
    await page.getByRole('button', { name: 'I have it' }).click()
    expect([await models(first), await models(second)]).toEqual([200, 200])
    const row = page.getByRole('row', { name: /turned/ })
    await row.getByText(/old secret until/).waitFor()
    await choose(page, 'turned', 'End the old secret')
    await page.getByRole('button', { name: 'End the old secret of turned' }).click()
    await row.getByText(/old secret until/).waitFor({ state: 'detached' })
    expect([await models(first), await models(second)]).toEqual([401, 200])

    await choose(page, 'turned', 'Pause')
    await page.getByRole('button', { name: 'Pause turned' }).click()
    await row.getByText('paused').waitFor()
    await page.getByText('1 is paused').waitFor()
    await choose(page, 'turned', 'Resume')
    await page.getByRole('button', { name: 'Resume turned' }).click()
    await row.getByText('active').waitFor()
    await page.close()
  })

  test('what one may do is asked, and told with the reason', async () => {
    const page = await openKeys()
    await make(page, 'narrow', { Models: 'sim/echo' })
    await choose(page, 'narrow', 'May it …?')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Model or route').fill('sim/echo')
    await dialog.getByRole('button', { name: 'Ask' }).click()
    await dialog.getByText('yes').waitFor()
    await dialog.getByLabel('Model or route').fill('support')
    await dialog.getByRole('button', { name: 'Ask' }).click()
    await dialog.getByText('model-not-allowed').waitFor()
    await page.close()
  })
})
