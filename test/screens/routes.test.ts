import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes:
  fixed: [sim/smart, sim/echo]
`

describe.skipIf(browser === undefined)('the routes', () => {
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    await screens.chat('fixed')
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('a route is made, tested on past requests, put in force, changed and taken back', async () => {
    const page = await screens.signIn({ path: '/routes' })
    await page.getByRole('button', { name: 'Make a route' }).click()
    await page.getByLabel('Name').fill('support')
    await page.getByRole('button', { name: 'Begin a draft' }).click()
    const yaml = page.getByLabel('YAML of the route')
    const apply = async (why: string): Promise<void> => {
      await page.getByRole('button', { name: 'Review the changes' }).click()
      await page.getByLabel('Why').fill(why)
      await page.getByRole('button', { name: 'Put it in force' }).click()
      await page.getByText(/^Version \d+ is in force\.$/).waitFor()
    }
    // A mistake is told with the nearest name, and nothing can be put in force.
    await yaml.fill('targets: [sim/smart]\nstrategi: weighted\n')
    await page.getByText('Did you mean "strategy"?').waitFor()
    expect(await page.getByRole('button', { name: 'Review the changes' }).isDisabled()).toBe(true)
    await yaml.fill('strategy: weighted\ntargets:\n  - model: sim/smart\n    weight: 80\n')
    await apply('support begins')
    await screens.chat('support')

    // Cards write the YAML, comments included, and the newest requests are decided again.
    await page.reload()
    await yaml.fill('# stays\nstrategy: weighted\ntargets:\n  - model: sim/smart\n    weight: 80\n')
    await page.getByLabel('Model to add').fill('sim/echo')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByLabel('Weight of sim/smart').fill('0')
    expect(await yaml.inputValue()).toBe(
      '# stays\nstrategy: weighted\ntargets:\n  - model: sim/smart\n    weight: 0\n  - sim/echo\n',
    )
    const tested = page.getByRole('region', { name: 'Test on past requests' })
    await tested.getByText('1 of 2 requests').waitFor()
    await apply('echo takes over')
    expect((await screens.gateway.askAdmin('/api/v1/routes/support')).ok).toBe(true)
    const moved = await screens.gateway.askAdmin(`/api/v1/requests/${await screens.chat('support')}`)
    expect(await moved.json()).toMatchObject({ target: 'sim/echo' })

    await page.getByRole('button', { name: /^Back to version \d+$/ }).click()
    await page.getByText(/^Version \d+ is in force\.$/).waitFor({ state: 'detached' })
    const back = await screens.gateway.askAdmin(`/api/v1/requests/${await screens.chat('support')}`)
    expect(await back.json()).toMatchObject({ target: 'sim/smart' })
    await page.close()
  })

  test('what the file says can be read and not changed', async () => {
    const page = await screens.signIn({ path: '/routes/fixed' })
    await page.getByText(/It stands in the file, line 4/).waitFor()
    expect(await page.getByLabel('YAML of the route').getAttribute('readonly')).not.toBeNull()
    expect(await page.getByRole('region', { name: 'Who answered' }).innerText()).toContain('sim/smart')
    await page.close()
  })
})
