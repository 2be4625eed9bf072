import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { DASHBOARD_PAGES } from '../../src/admin/dashboard.ts'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const SESSION = 'run-1'
const HOSTILE = '<img src=x onerror=alert(1)>\u202e{{7*7}}'
const CONFIG = `
providers: { sim: {} }
routes:
  support: ['sim/flaky?rate=1', sim/smart]
`
/** What a page may weigh when it is first opened; docs/decisions/0052-dashboard.md. */
const MOST_BYTES = 230 * 1024

describe.skipIf(browser === undefined)('the screens', () => {
  let screens: Screens
  let failedOver = ''

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    await screens.chat('auto')
    await screens.chat(HOSTILE, { headers: { 'x-gatehouse-tags': 'team=<b>x</b>' } })
    failedOver = await screens.chat('support', { headers: { 'x-gatehouse-session': SESSION } })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    // Nothing was asked of anybody else, no script broke, and the policy had nothing to stop.
    expect(complaints).toEqual([])
  })

  const goTo = async (page: Page, path: string): Promise<void> => {
    await page.goto(screens.gateway.adminUrl + path)
    await settled(page)
  }

  test('the printed link signs in and leaves no token in the address; the request just made leads to its decision, waterfall and receipt', async () => {
    const page = await screens.signIn()
    expect(page.url()).toBe(`${screens.gateway.adminUrl}/`)
    await page.getByRole('link', { name: 'Requests', exact: true }).click()
    await page.getByRole('link', { name: 'support', exact: true }).click()
    await page.waitForURL(`**/requests/${failedOver}`)
    expect(await page.getByRole('region', { name: 'Receipt' }).innerText()).toMatch(/Total\s+sim \$0\.\d+/)
    await page.getByRole('tab', { name: 'Decision' }).click()
    const why = page.getByRole('region', { name: 'Why it went here' })
    await why.getByText('sim/flaky?rate=1').first().waitFor()
    expect(await why.innerText()).toMatch(/\b5\d\d\b/)
    expect(await why.innerText()).toContain('answered')
    await page.getByRole('tab', { name: 'Attempts' }).click()
    expect(await page.getByRole('region', { name: 'Where the time went' }).getByRole('img').count()).toBe(3)
    await page.close()
  })

  test('without the link one signs in with the token; a wrong one is refused in words; signing out forgets it', async () => {
    const page = await screens.open()
    await page.goto(`${screens.gateway.adminUrl}/requests`)
    await page.getByLabel('Admin token').fill('gha_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This is not the token of this gateway.').waitFor()
    await page.getByLabel('Admin token').fill(screens.gateway.gatehouse.adminToken.secret.reveal())
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Requests' }).waitFor()
    // A tab beside it is signed in by it.
    const beside = await page.context().newPage()
    await beside.goto(screens.gateway.adminUrl)
    await beside.getByRole('heading', { name: 'Overview' }).waitFor()
    await beside.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Admin token').waitFor()
    expect(await page.evaluate('sessionStorage.length + document.cookie.length')).toBe(0)
    await page.context().close()
  })

  test('the list is gone through with keys: rows, peek, page, and back', async () => {
    const page = await screens.signIn({ path: '/requests' })
    await settled(page)
    await page.getByRole('link', { name: 'support', exact: true }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    const peek = page.getByRole('complementary')
    await peek.getByText(failedOver).waitFor()
    await page.keyboard.press('j')
    await peek
      .getByText('not-found')
      .or(peek.getByText('unknown-model'))
      .or(peek.getByText('404'))
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    await peek.waitFor({ state: 'detached' })
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox', { name: 'Page or id' }).fill(`see dec_${failedOver.slice(4)} please`)
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/requests/${failedOver}`)
    await page.close()
  })

  test('a query narrows the list; one with a mistake is told with the nearest field, and the list stays', async () => {
    const page = await screens.signIn({ path: '/requests' })
    await settled(page)
    await page.keyboard.press('/')
    await page.keyboard.type('rout:support')
    await page.keyboard.press('Enter')
    await page.getByText('Did you mean route?').waitFor()
    expect(await page.getByRole('row').count()).toBe(4)
    await page.getByLabel('Query').fill('route:support')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/requests?q=route*')
    await page.getByRole('link', { name: 'auto', exact: true }).waitFor({ state: 'detached' })
    expect(await page.getByRole('row').count()).toBe(2)
    await page.close()
  })

  test('names from outside are text, and nothing else', async () => {
    const page = await screens.signIn({ path: '/requests' })
    await settled(page)
    await page.getByText('<img src=x onerror=alert(1)>').first().waitFor()
    expect(await page.locator('img').count()).toBe(0)
    for (const id of ['%3Cscript%3E', 'req_%00']) {
      await goTo(page, `/requests/${id}`)
      await page.getByText('There is no such request in the log').waitFor()
    }
    await goTo(page, '/requests/%E0%A4%A')
    await page.getByRole('heading', { name: 'There is no page here' }).waitFor()
    await page.close()
  })

  test('every page is well for readers, in both themes, and no wider than its window', async () => {
    const pages = DASHBOARD_PAGES.map((path) =>
      path
        .replace('{id}', failedOver)
        .replace('{client}', 'claude-code')
        .replace('{name}', 'support')
        .replace('{model}', 'sim%2Fsmart')
        .replace('{session}', SESSION),
    )
    const page = await screens.signIn()
    for (const path of pages) {
      await page.setViewportSize({ width: 375, height: 900 })
      await page.emulateMedia({ colorScheme: 'light' })
      await goTo(page, path)
      for (const { theme, width } of [
        { theme: 'light', width: 375 },
        { theme: undefined, width: 1000 },
        { theme: undefined, width: 3840 },
        { theme: 'dark', width: 1440 },
      ] as const) {
        await page.setViewportSize({ width, height: 900 })
        if (theme !== undefined) await page.emulateMedia({ colorScheme: theme })
        // A table finds out in the frame after that it has to scroll.
        await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
        const beyond = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
        expect([path, width, beyond]).toEqual([path, width, 0])
        // Whatever the window is, a page uses the room that it has.
        const widest = await page.locator('main .card, main .tiles, main .panes').first().boundingBox()
        const all = await page.locator('main').boundingBox()
        expect((widest?.width ?? 0) / (all?.width ?? 1)).toBeGreaterThan(0.8)
        if (theme === undefined) continue
        // Pages follow the system, also while they stand.
        expect(await page.evaluate('document.documentElement.dataset.theme')).toBe(theme)
        expect([path, theme, await seriousOf(page)]).toEqual([path, theme, []])
      }
    }
    await page.close()
  })

  test('from the overview it is three clicks to what happens when a provider goes down, and to what failed', async () => {
    const page = await screens.signIn()
    await page.getByRole('link', { name: 'All, and what if one goes down' }).click()
    const outage = page.getByRole('region', { name: 'What if it goes down now?' })
    // Nobody else serves these routes.
    await outage.getByText('would fail until sim is back').waitFor()
    await outage.getByRole('row', { name: /support.*would fail/ }).waitFor()
    await page.goBack()
    const routes = page.getByRole('region', { name: /^Routes/ })
    await routes.getByRole('link', { name: 'support' }).click()
    await page.waitForURL('**/requests?q=route*')
    await page.close()
  })

  test('the first load is light, all that a browser fetches before the first page stands', async () => {
    const page = await screens.signIn()
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const paths = (await page.evaluate(
      `performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)`,
    )) as string[]
    const files = ['/', ...new Set(paths.filter((path) => path.startsWith('/assets/')))]
    expect(files.length).toBeGreaterThan(3)
    const texts = await Promise.all(
      files.map(async (path) => {
        const answer = await fetch(screens.gateway.adminUrl + path, {
          headers: { 'accept-encoding': 'identity' },
        })
        return answer.text()
      }),
    )
    const bytes = texts.reduce((sum, text) => sum + gzipSync(text).length, 0)
    expect(bytes).toBeLessThan(MOST_BYTES)
    await page.close()
  })

  test('a browser that keeps nothing signs in, and shows the pages', async () => {
    const page = await screens.open()
    await page.addInitScript(`
      const refuse = { get() { throw new DOMException('denied', 'SecurityError') } }
      Object.defineProperty(window, 'localStorage', refuse)
      Object.defineProperty(window, 'sessionStorage', refuse)
    `)
    await page.goto(
      `${screens.gateway.adminUrl}/#token=${screens.gateway.gatehouse.adminToken.secret.reveal()}`,
    )
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    await page.getByRole('link', { name: 'Requests', exact: true }).click()
    await page.getByRole('link', { name: 'support', exact: true }).waitFor()
    await page.context().close()
  })

  test('the time is chosen once, goes along to other pages, and is two moments where somebody says so', async () => {
    const page = await screens.signIn()
    await page.keyboard.press('t')
    await page.getByRole('button', { name: 'Last 7 days' }).click()
    await page.waitForURL('**/?from=7d')
    await page.getByRole('link', { name: 'Requests', exact: true }).click()
    await page.waitForURL('**/requests?from=7d')
    await page.goBack()
    const chart = page.getByRole('region', { name: 'Requests', exact: true })
    await chart.getByRole('button', { name: 'Menu of Requests' }).click()
    await page.getByRole('menuitem', { name: 'View data' }).click()
    await page.getByRole('dialog').getByRole('row').nth(2).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('t')
    await page.getByLabel('From').fill('2026-01-01T10:00')
    await page.getByLabel('To', { exact: true }).fill('2026-01-01T12:00')
    await page.getByRole('button', { name: 'Show this time' }).click()
    await page.waitForURL(/\?from=2026-01-01T10(:|%3A)00Z&to=2026-01-01T12(:|%3A)00Z$/)
    await page.keyboard.press('t')
    await page.getByRole('button', { name: 'Last 24 hours' }).click()
    await page.waitForURL(`${screens.gateway.adminUrl}/`)
    await page.close()
  })
})

/** When a page shows what it was asked for. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('.sk').first().waitFor({ state: 'detached' })
}

/** What axe holds for serious or worse on a page. */
async function seriousOf(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  const { violations } = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as axe.AxeResults
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}
