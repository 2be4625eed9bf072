import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes:
  support: ['sim/flaky?rate=1', sim/smart]
logs: { content: { routes: { support: full } } }
`

/** A report as the process of a rehearsal tells it. */
const REPORT = {
  drill: 'quick',
  at: '2026-01-05T08:00:00.000Z',
  took_ms: 40,
  passed: false,
  faults: ['outage of sim for 1m'],
  traffic: 'invented',
  routes: [
    {
      route: 'support',
      passed: false,
      requests: 2,
      answered: 1,
      struck: 2,
      served_by: { 'sim/smart': 1 },
      outcomes: { ok: 1, 'provider-unreachable': 1 },
      statuses: { 200: 1, 502: 1 },
      p95_ms: 400,
      p95_added_ms: 0,
      cost_times: null,
      broken: ['success is 50 %, and not >=100%'],
      timeline: [
        { after_ms: 0, outcome: 'ok', struck: 1, target: 'sim/smart' },
        { after_ms: 30_000, outcome: 'provider-unreachable', struck: 1 },
      ],
    },
  ],
  books: { attempts: 2, billed: 1, broken: [] },
  not_rehearsed: [],
}

describe.skipIf(browser === undefined)('from a clone to the first explained request', () => {
  let screens: Screens
  let asked: string[]

  beforeAll(async () => {
    asked = []
    screens = await openScreens(browser ?? '', {
      config: CONFIG,
      runOutage: ({ provider, fault }) => {
        asked.push(`${fault} of ${provider}`)
        return Promise.resolve(REPORT)
      },
    })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  const goTo = async (page: Page, path: string): Promise<void> => {
    await page.goto(screens.gateway.adminUrl + path)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }

  test('a request is sent from the page, ticks its step, and leads to its decision and receipt', async () => {
    const page = await screens.signIn({ path: '/start' })
    await page.getByText('None of five done.').waitFor()
    await page.getByRole('button', { name: 'Send it from here' }).click()
    await page.getByText('One of five done.').waitFor()
    await page.getByText('sim/smart was asked first.').waitFor()
    await page.getByRole('link', { name: 'Its decision and its receipt' }).click()
    await page.getByRole('region', { name: 'What happened' }).waitFor()
    expect(await page.getByRole('region', { name: 'Receipt' }).innerText()).toMatch(/Total\s+sim \$0\.\d+/)
    await page.close()
  })

  test('two models are compared: what each may cost, says and has cost, and their texts word by word', async () => {
    const page = await screens.signIn({ path: '/playground?model=support' })
    await page.getByText('Would go to').waitFor()
    await page.getByRole('button', { name: 'Add column' }).click()
    await page.getByLabel('Model of column 2').selectOption('sim/echo')
    await page.getByRole('textbox', { name: 'Prompt' }).fill('Say <b>hi</b>')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByRole('link', { name: 'Why and how much' }).nth(1).waitFor()
    const first = page.getByRole('region', { name: 'Answer of support' })
    expect(await first.innerText()).toContain('sim/flaky?rate=1 was asked first.')
    expect(await page.getByRole('region', { name: 'Answer of sim/echo' }).innerText()).toContain(
      'Say <b>hi</b>',
    )
    await page.getByRole('button', { name: 'Compare texts' }).click()
    expect(
      await page.getByRole('region', { name: 'The texts compared' }).locator('del').count(),
    ).toBeGreaterThan(0)
    const [, id = ''] =
      /requests\/(req_\w+)/.exec((await first.getByRole('link').getAttribute('href')) ?? '') ?? []
    await page.getByRole('button', { name: 'Copy as code' }).click()
    expect(await page.getByRole('dialog').locator('pre').innerText()).toContain('Say <b>hi</b>')
    // What was said is kept here, and is where one begins again.
    await goTo(page, `/playground?request=${id}`)
    await page.getByText('the last turn of its user').waitFor()
    expect(await page.getByRole('textbox', { name: 'Prompt' }).inputValue()).toBe('Say <b>hi</b>')
    await page.close()
  })

  test('a client gets a key and its settings, and its first request is seen to come', async () => {
    const page = await screens.signIn({ path: '/connect' })
    await page.getByRole('link', { name: /^Claude Code/ }).click()
    await page.getByText('Waiting for the first request from Claude Code').waitFor()
    await page.getByRole('button', { name: 'Make a key for it' }).click()
    await page.getByText('The key is filled in').waitFor()
    const [, key = ''] =
      /"ANTHROPIC_AUTH_TOKEN": "(gh_\w+)"/.exec(await page.locator('pre').first().innerText()) ?? []
    const answer = await fetch(`${screens.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json', 'user-agent': 'claude-cli/2.1' },
      body: JSON.stringify({ model: 'support', max_tokens: 50, messages: [{ role: 'user', content: 'Hi' }] }),
    })
    expect(answer.status).toBe(200)
    await page.getByText('Claude Code is connected').waitFor()
    await page.close()
  })

  test('the outage of a provider is rehearsed, and what it broke is told', async () => {
    const page = await screens.signIn({ path: '/drills?provider=sim' })
    await page.getByText('Failing over was never rehearsed.').waitFor()
    await page.getByRole('button', { name: 'Rehearse it' }).click()
    await page.getByText('Not every route goes on: support.').waitFor()
    expect(asked).toEqual(['outage of sim'])
    await page.close()
  })
})
