import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = 'providers: { sim: {} }\nroutes: { fixed: [sim/smart] }\n'

describe.skipIf(browser === undefined)('a version that is tried', () => {
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    await put('support', { value: ['sim/smart'] })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  const put = (name: string, body: object): Promise<Response> =>
    screens.gateway.askAdmin(`/api/v1/config/objects/routes/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })

  test('is begun where a route is reviewed, stands beside the one in force, and is promoted', async () => {
    const page = await screens.signIn({ path: '/routes/support' })
    await page.getByLabel('YAML of the route').fill('- sim/echo\n- sim/smart\n')
    await page.getByRole('button', { name: 'Review the changes' }).click()
    await page.getByRole('group', { name: 'For whom' }).getByRole('button', { name: '50 % first' }).click()
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('Version 3 is being tried.').waitFor()
    for (let sent = 0; sent < 8; sent += 1) await screens.chat('support')
    await page.getByRole('status').getByRole('link', { name: 'Releases' }).click()
    const card = page.getByRole('region', { name: 'Version 3 is tried on 50 % of the requests' })
    const sides = card.getByRole('table').getByRole('row')
    expect(await sides.nth(1).innerText()).toContain('Version 3, tried')
    expect(await sides.nth(2).innerText()).toMatch(/Version 2, in force/)
    const requests = await Promise.all(
      [1, 2].map(async (row) => Number(await sides.nth(row).getByRole('cell').nth(1).innerText())),
    )
    expect(requests[0] ?? 0).toBe(8 - (requests[1] ?? 0))
    await card.getByRole('button', { name: 'Promote' }).click()
    await page.getByText('Version 3 is in force.').waitFor()
    await card.waitFor({ state: 'detached' })
    await page.close()
  })

  test('is given up by a click', async () => {
    await put('support', { value: ['sim/smart'], trial: { share: '10%' } })
    const page = await screens.signIn({ path: '/releases', width: 375, theme: 'dark' })
    await page.getByRole('button', { name: 'Give up' }).click()
    await page.getByText('given up', { exact: true }).waitFor()
    await page.getByText('Version 3 is in force.').waitFor()
    await page.close()
  })
})
