import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes:
  support: ['sim/flaky?rate=1', sim/smart]
  quiet: [sim/smart]
logs: { content: { routes: { support: full } } }
`

describe.skipIf(browser === undefined)('what was said in a request', () => {
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
  })
  afterAll(() => screens.close())

  test('is shown when somebody asks for it: turns, failed attempts, the answer and what went upstream', async () => {
    const id = await screens.chat('support')
    const page = await screens.signIn()
    await page.goto(`${screens.gateway.adminUrl}/requests/${id}`)
    const said = page.getByRole('region', { name: 'What was said' })
    await said.getByRole('button', { name: 'Show it' }).click()
    await said.getByText('kept in full').waitFor()
    expect(await said.getByRole('listitem').first().innerText()).toContain('user')
    expect(await said.innerText()).toContain('sim/flaky?rate=1 failed')
    expect(await said.innerText()).toMatch(/answer, stop/)
    expect(await said.innerText()).toContain('on the way to sim/smart: 1')
    await page.context().close()
  })

  test('where nothing is kept it is said why, and how to turn it on', async () => {
    const id = await screens.chat('quiet')
    const page = await screens.signIn()
    await page.goto(`${screens.gateway.adminUrl}/requests/${id}`)
    const said = page.getByRole('region', { name: 'What was said' })
    await said.getByRole('button', { name: 'Show it' }).click()
    await said.getByText('A rule of `logs.content` keeps nothing of it.').waitFor()
    expect(await said.innerText()).toContain('logs: {')
    await page.context().close()
  })
})
