import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes:
  support:
    steps:
      - { name: tools, when: request.has_tools, targets: [sim/tools] }
      - { name: default, targets: ['sim/flaky?rate=1', sim/smart] }
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
    const page = await screens.signIn({ path: `/requests/${id}?tab=content` })
    const said = page.getByRole('region', { name: 'What was said' })
    await said.getByRole('button', { name: 'Show it' }).click()
    await said.getByText('kept in full').waitFor()
    expect(await said.getByRole('listitem').first().innerText()).toContain('user')
    expect(await said.innerText()).toContain('sim/flaky?rate=1 failed')
    expect(await said.innerText()).toMatch(/answer, stop/)
    expect(await said.innerText()).toContain('on the way to sim/smart: 1')
    await page.close()
  })

  test('where nothing is kept it is said why, and how to turn it on', async () => {
    const id = await screens.chat('quiet')
    const page = await screens.signIn({ path: `/requests/${id}?tab=content` })
    const said = page.getByRole('region', { name: 'What was said' })
    await said.getByRole('button', { name: 'Show it' }).click()
    await said.getByText('A rule of `logs.content` keeps nothing of it.').waitFor()
    expect(await said.innerText()).toContain('logs: {')
    await page.close()
  })
})

/** What a page asks of the admin API about requests, from now on. */
function watchAsked(page: Page): readonly string[] {
  const asked: string[] = []
  page.on('request', (request) => {
    const { pathname } = new URL(request.url())
    if (/^\/api\/v1\/(requests|receipts|decisions)/.test(pathname)) asked.push(pathname)
  })
  return asked
}

describe.skipIf(browser === undefined)('the page of a request', () => {
  let screens: Screens
  let ids: readonly string[] = []

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    const headers = { 'x-gatehouse-session': 's-1' }
    ids = [
      await screens.chat('support', { headers }),
      await screens.chat('quiet'),
      await screens.chat('support', { headers }),
    ]
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('asks once for all that it shows; its parts stand in the address and are gone through with keys', async () => {
    const [, , id = ''] = ids
    const page = await screens.signIn()
    const asked = watchAsked(page)
    await page.goto(`${screens.gateway.adminUrl}/requests/${id}?tab=decision`)
    const flips = page.getByRole('region', { name: 'What would lead it elsewhere' })
    await flips.getByText('it brought tools').waitFor()
    expect(await flips.getByRole('listitem').filter({ hasText: 'it brought tools' }).innerText()).toContain(
      'sim/tools',
    )
    await page.getByText('the same choice').waitFor()
    await page.getByRole('tab', { name: 'Decision' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('region', { name: 'Where the time went' }).waitFor()
    await page.keyboard.press('ArrowRight')
    expect(await page.getByRole('region', { name: 'Receipt' }).innerText()).toContain('Input tokens')
    expect(new URL(page.url()).searchParams.get('tab')).toBe('receipt')
    await page.keyboard.press('1')
    await page.getByRole('region', { name: 'What was changed on the way' }).waitFor()
    await page.keyboard.press('6')
    expect(await page.getByRole('region', { name: 'As a call from a shell' }).innerText()).toContain(
      '$GATEHOUSE_KEY',
    )
    expect(asked).toEqual([`/api/v1/requests/${id}`])
    await page.close()
  })

  test('j and k go to its neighbours in the list that one came from', async () => {
    const [oldest = '', middle = '', newest = ''] = ids
    const page = await screens.signIn({ path: '/requests?q=route:support' })
    await page.locator(`a[href*="${newest}"]`).first().click()
    await page.getByRole('button', { name: 'Older request (j)' }).waitFor()
    expect(await page.getByRole('button', { name: 'Newer request (k)' }).isDisabled()).toBe(true)
    await page.keyboard.press('j')
    await page.waitForURL(`**/requests/${oldest}?q=route*`)
    await page.getByRole('region', { name: 'What happened' }).waitFor()
    await page.keyboard.press('k')
    await page.waitForURL(`**/requests/${newest}?q=route*`)
    // In the whole log another stands between.
    await page.goto(`${screens.gateway.adminUrl}/requests/${newest}`)
    await page.getByRole('region', { name: 'What happened' }).waitFor()
    await page.keyboard.press('j')
    await page.waitForURL(`**/requests/${middle}`)
    await page.close()
  })

  test('leads to its session and to all like it, takes feedback, and opens in the playground', async () => {
    const [id = ''] = ids
    const page = await screens.signIn({ path: `/requests/${id}` })
    await page.getByRole('button', { name: 'Bad answer' }).click()
    await page
      .getByRole('region', { name: 'Feedback' })
      .getByRole('listitem')
      .filter({ hasText: 'dashboard' })
      .waitFor()
    expect(await page.getByRole('link', { name: 's-1', exact: true }).getAttribute('href')).toBe(
      '/sessions/s-1',
    )
    await page.getByRole('link', { name: 'All like it' }).click()
    await page.waitForURL('**/requests?q=*')
    expect(new URL(page.url()).searchParams.get('q')).toBe('route:support outcome:ok target:sim/smart')
    await page.goBack()
    await page.getByRole('link', { name: 'Open in playground' }).click()
    await page.waitForURL(`**/playground?request=${id}`)
    await page.close()
  })

  test('an id that is not there says what it may be, and what to do', async () => {
    const page = await screens.signIn({ path: '/requests/req_0nothing' })
    await page.getByText('It may be older than the log is kept').waitFor()
    await page.getByRole('link', { name: 'All requests' }).waitFor()
    await page.goto(`${screens.gateway.adminUrl}/requests/chatcmpl-1`)
    await page.getByText('This is not an id of a request').waitFor()
    await page.close()
  })
})

describe.skipIf(browser === undefined)('the list of requests', () => {
  let screens: Screens

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    for (const model of ['support', 'quiet', 'support', 'nowhere']) await screens.chat(model)
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('is narrowed by what stands beside it, with counts; what is asked for is kept under a name and gone to', async () => {
    const page = await screens.signIn({ path: '/requests' })
    const routes = page.getByRole('group', { name: 'Route' })
    const support = routes.getByRole('checkbox', { name: 'support' })
    await support.waitFor()
    expect(await routes.getByRole('listitem').filter({ hasText: 'support' }).innerText()).toMatch(/2$/)
    await support.check()
    await page.waitForURL('**/requests?q=route*')
    await routes.getByRole('checkbox', { name: 'quiet' }).check()
    await page.locator('tbody tr').nth(2).waitFor()
    expect(await page.getByRole('textbox', { name: 'Query' }).inputValue()).toBe('route:support,quiet')
    await page.getByRole('button', { name: 'Saved views' }).click()
    await page.getByLabel('Save this query as').fill('both of them')
    await page.keyboard.press('Enter')
    await page
      .getByRole('link', { name: /both of them/ })
      .first()
      .waitFor()
    await page.goto(`${screens.gateway.adminUrl}/requests`)
    await page.getByRole('button', { name: 'Saved views' }).click()
    await page.getByRole('link', { name: /^both of them/ }).click()
    await page.waitForURL('**/requests?q=route*')
    await page.getByRole('button', { name: 'Saved views: both of them' }).waitFor()
    await page.close()
  })

  test('shows the columns that were chosen, also the next time', async () => {
    const page = await screens.signIn({ path: '/requests' })
    await page.getByRole('columnheader', { name: 'Cost' }).waitFor()
    await page.getByRole('button', { name: 'Columns' }).click()
    await page.getByRole('checkbox', { name: 'Answered by' }).check()
    await page.getByRole('checkbox', { name: 'Cost' }).uncheck()
    await page.reload()
    await page.getByRole('columnheader', { name: 'Answered by' }).waitFor()
    expect(await page.getByRole('columnheader', { name: 'Cost' }).count()).toBe(0)
    await page.close()
  })

  test('rows are selected with x and exported by themselves', async () => {
    const page = await screens.signIn({ path: '/requests' })
    await page.locator('tbody tr[data-id]').nth(3).waitFor()
    for (const key of ['j', 'x', 'j', 'j', 'x']) await page.keyboard.press(key)
    await page.getByRole('button', { name: 'Export 2 selected' }).click()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: 'As JSON lines' }).click(),
    ])
    const path = await download.path()
    const lines = (await Bun.file(path).text()).trim().split('\n')
    const ids = await page
      .locator('tbody tr[data-id]')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')))
    expect(lines.map((line) => String(JSON.parse(line).id)).toSorted()).toEqual(
      [String(ids[0]), String(ids[2])].toSorted(),
    )
    await page.close()
  })

  test('new requests are shown by themselves where they are followed', async () => {
    const page = await screens.signIn({ path: '/requests' })
    await page.locator('tbody tr[data-id]').nth(3).waitFor()
    await page.keyboard.press('f')
    const id = await screens.chat('quiet')
    await page.locator(`tr[data-id="${id}"]`).waitFor()
    await page.close()
  })
})
