import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()

describe.skipIf(browser === undefined)('the page of the audit', () => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-audit-screens-'))
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { directory })
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ name: 'helpdesk' })
    await screens.gateway.askAdmin('/api/v1/keys', { method: 'POST', headers, body })
    await screens.gateway.askAdmin('/api/v1/keys/none', { method: 'DELETE' })
    await screens.gateway.askAdmin('/api/v1/cache/purge', { method: 'POST', headers, body: '{"all":true}' })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    rmSync(directory, { recursive: true, force: true })
    expect(complaints).toEqual([])
  })

  test('tells who did what, leads to it, and shows what is asked for', async () => {
    const page = await screens.signIn()
    await page.goto(`${screens.gateway.adminUrl}/audit`)
    const acts = page.getByRole('region', { name: 'Acts' })
    await acts.getByRole('row').filter({ hasText: 'made a key' }).getByText('201').waitFor()
    await acts.getByRole('row').filter({ hasText: 'revoked a key' }).getByText('404').waitFor()
    await page.getByText(/The chain is whole up to entry \d/).waitFor()
    await acts.getByLabel('Who').selectOption('process')
    await acts.getByText('made a key').waitFor({ state: 'detached' })
    expect(await acts.getByRole('row').filter({ hasText: 'start' }).count()).toBe(1)
    await acts.getByLabel('Who').selectOption('')
    await acts.getByLabel('Done to').selectOption('key')
    await acts.getByText('removed kept answers').waitFor({ state: 'detached' })
    await acts.getByRole('row').filter({ hasText: 'made a key' }).getByRole('link').click()
    await page.getByRole('heading', { name: 'Keys' }).waitFor()
    await page.context().close()
  })
})
