import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createMovableClock } from '../movable-clock.ts'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const time = createMovableClock()
const got: string[] = []
const receiver = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  async fetch(request) {
    got.push(await request.text())
    return new Response('ok')
  },
})
const CONFIG = `
providers: { sim: {} }
routes: { broken: ['sim/flaky?rate=1&error=500'] }
alerts:
  channels:
    hook: { type: webhook, url: 'http://127.0.0.1:${receiver.port}/', private: true }
  rules:
    slow:
      measure: duration_p95
      above: 90s
      over: 15m
      description: Whoever is on duty looks at the providers first, then at the newest version, and then at the queue.
`

describe.skipIf(browser === undefined)('the page of alerts', () => {
  let screens: Screens
  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG, clock: time.clock })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    await receiver.stop(true)
    expect(complaints).toEqual([])
  })

  /** Moves time by a minute, and waits until the rules were looked at, so often until something is there. */
  async function pass(isThere: () => boolean): Promise<void> {
    const look = async (): Promise<string> => (await screens.gateway.askAdmin('/api/v1/alerts')).text()
    while (!isThere()) {
      const before = await look()
      time.move(60_000)
      while ((await look()) === before) await new Promise((resolve) => setImmediate(resolve))
      // Messages leave at the next turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  test('on a phone, what a rule says is there to its last word', async () => {
    const page = await screens.signIn({ path: '/alerts', width: 375 })
    const said = await page.getByText(/and then at the queue\.$/).boundingBox()
    expect((said?.x ?? 0) + (said?.width ?? 999)).toBeLessThanOrEqual(375)
    await page.close()
  })

  test('an alert is made from a chart, rings, is told to a webhook, and is acknowledged and muted', async () => {
    const page = await screens.signIn()
    await screens.chat('broken')
    await page.goto(`${screens.gateway.adminUrl}/`)
    await page.getByRole('button', { name: 'Menu of Requests' }).click()
    await page.getByRole('menuitem', { name: 'Make alert' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Measure').fill('reqests')
    await dialog.getByLabel('Bound').fill('0')
    await dialog.getByLabel('Over').fill('5m')
    await dialog.getByRole('button', { name: 'Preview' }).click()
    await dialog.getByText('Did you mean "requests"?').waitFor()
    await dialog.getByLabel('Measure').fill('requests')
    await dialog.getByLabel('Which requests').fill('route:broken')
    await dialog.getByLabel('Name').fill('slow')
    await dialog.getByRole('button', { name: 'Preview' }).click()
    await dialog.getByText('in 14 days').waitFor()
    await dialog.getByRole('button', { name: 'Put in force' }).click()
    await dialog.getByText('There is a rule of this name already').waitFor()
    await dialog.getByLabel('Name').fill('broken-asked')
    await dialog.getByLabel('Tells').selectOption('hook')
    await dialog.getByRole('button', { name: 'Put in force' }).click()
    await dialog.waitFor({ state: 'hidden' })

    await pass(() => got.some((text) => text.includes('broken-asked')))
    const rings = page.getByRole('region', { name: 'Rings now' })
    await page.getByText('1 alert rings: broken-asked').waitFor()
    await rings.getByRole('button', { name: 'Acknowledge' }).click()
    await rings.getByText('acknowledged').waitFor()
    await rings.getByRole('button', { name: 'Mute broken-asked' }).click()
    await page.getByRole('menuitem', { name: 'For 1h' }).click()
    await rings.getByText('muted until').waitFor()
    const rules = page.getByRole('region', { name: 'Rules' })
    await rules.getByText('managed here').waitFor()
    await rules.getByText('read-only').waitFor()

    await page.getByRole('button', { name: 'Send a test' }).click()
    await page.getByText('The test to hook was delivered').waitFor()
    expect(got.at(-1)).toContain('test')
    await page.close()
  })
})
