import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Page } from 'playwright-core'
import { DASHBOARD_PAGES } from '../../src/admin/dashboard.ts'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
/** Everything that nobody may read from a screen. The card stands in a prompt whose content is kept redacted. */
const SECRETS = {
  PROVIDER_KEY: 'sk-proj-8sT2nV5xQ9wL4kR7mZ1cYb6D',
  PROVIDER_HEADER: 'hdr-Q3wE4rT5yU6iO7pA8sD9fG1h',
  ALERT_SECRET: `whsec_${Buffer.from('screens-of-the-alert-channel-777').toString('base64')}`,
  SINK_HEADER: 'snk-Z1xC2vB3nM4aS5dF6gH7jK8l',
  STORED: 'stored-secret-Hj5Kl6Zx7Cv8Bn9Mq',
  CARD: '5555 5555 5555 4444',
}
const SESSION = 'run-secret'
const CONFIG = `
providers:
  sim: {}
  vault:
    base_url: http://127.0.0.1:9/v1
    dialects: [openai-chat]
    keys: [{ name: one, value: 'env:PROVIDER_KEY' }]
    headers: { x-team: 'env:PROVIDER_HEADER' }
models: { vault/good: { price: { input: 1, output: 2 } } }
routes: { support: [vault/good, sim/smart] }
alerts:
  channels: { ops: { type: webhook, url: 'http://127.0.0.1:9/alert', secret: 'env:ALERT_SECRET', private: true } }
  rules: { errors: { measure: error_rate, above: 5%, over: 5m, to: [ops] } }
telemetry:
  sinks: { hook: { webhook: { url: 'http://127.0.0.1:9/hook', headers: { x-key: 'env:SINK_HEADER' } } } }
logs: { content: redacted }
`

describe.skipIf(browser === undefined)('secrets on screens', () => {
  let screens: Screens
  let request = ''
  const answers: string[] = []

  beforeAll(async () => {
    const { CARD: _card, STORED: _stored, ...environment } = SECRETS
    screens = await openScreens(browser ?? '', { config: CONFIG, environment })
    request = await screens.chat('support', {
      headers: { 'x-gatehouse-session': SESSION },
      extra: { messages: [{ role: 'user', content: `My card is ${SECRETS.CARD}, charge it.` }] },
    })
    const kept = await screens.gateway.askAdmin('/api/v1/secrets/spare', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ value: SECRETS.STORED }),
    })
    expect(kept.ok).toBe(true)
  })
  afterAll(() => screens.close())

  /** Everything that a page holds: its text, its markup and what stands in its fields. */
  const all = async (page: Page): Promise<string> =>
    (await page.content()) +
    String(
      await page.evaluate(
        "[...document.querySelectorAll('input, textarea')].map((field) => field.value).join('\\n')",
      ),
    )

  test('no page shows one, nor is any told in an answer that a page was drawn from', async () => {
    const page = await screens.signIn()
    page.on('response', (response) => {
      if (!response.url().includes('/events'))
        void response.text().then(
          (text) => answers.push(text),
          () => undefined,
        )
    })
    for (const path of DASHBOARD_PAGES) {
      const filled = path
        .replace('{id}', request)
        .replace('{client}', 'claude-code')
        .replace('{name}', 'support')
        .replace('{model}', 'vault%2Fgood')
        .replace('{session}', SESSION)
      await page.goto(screens.gateway.adminUrl + filled)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('.sk').first().waitFor({ state: 'detached' })
      answers.push(await all(page))
      for (const tab of path === '/requests/{id}' ? await page.getByRole('tab').all() : []) {
        await tab.click()
        // What was said is fetched when it is asked for.
        if ((await tab.innerText()) === 'Content') {
          await page.getByRole('button', { name: 'Show it' }).click()
          await page.getByText('charge it').first().waitFor()
        }
        answers.push(await all(page))
      }
    }
    await page.close()
    const said = answers.join('\n')
    // What was asked is there, with a mark in the place of the card.
    expect(said).toContain('charge it')
    expect(said).toContain('[card]')
    const leaked = Object.entries(SECRETS).filter(([, secret]) => said.includes(secret))
    expect(leaked.map(([name]) => name)).toEqual([])
  })
})
