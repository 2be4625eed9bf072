import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes:
  support: ['sim/flaky?rate=1', sim/smart]
  broken: ['sim/flaky?rate=1']
`
const HOSTILE = `<img src=x onerror=alert(1)>/..%2F?${'x'.repeat(120)}`

/** What a session answers, as far as it is looked at here. */
interface Told {
  readonly requests: number
  readonly failed: number
  readonly targets: readonly string[]
  readonly cost: { readonly nano_usd: string }
  readonly simulated: { readonly nano_usd: string }
  readonly request_rows: readonly { readonly id: string }[]
}

/** What the ledger holds of a request. */
interface Attempted {
  readonly attempt_rows: readonly { readonly cost: 'unpriced' | { readonly nano_usd: string } }[]
}

describe.skipIf(browser === undefined)('the sessions', () => {
  let screens: Screens
  let ids: readonly string[] = []

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    const asked: string[] = []
    for (const model of ['support', 'broken', 'sim/smart'])
      asked.push(await screens.chat(model, { headers: { 'x-gatehouse-session': 'run/1' } }))
    ids = asked
    await screens.chat('sim/echo', { headers: { 'x-gatehouse-session': HOSTILE } })
    await screens.chat('sim/echo')
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('a session holds its requests in order and costs what the ledger says, to the nano-USD', async () => {
    const ask = async (path: string): Promise<unknown> => (await screens.gateway.askAdmin(path)).json()
    const told = (await ask('/api/v1/sessions/run%2F1')) as Told
    expect(told.request_rows.map(({ id }) => id)).toEqual([...ids])
    expect(told).toMatchObject({ requests: 3, failed: 1, cost: { nano_usd: '0' } })
    expect(told.targets).toContain('sim/smart')
    const asked = (await Promise.all(ids.map((id) => ask(`/api/v1/requests/${id}`)))) as Attempted[]
    const spent = asked
      .flatMap(({ attempt_rows: rows }) => rows)
      .reduce((sum, { cost }) => sum + (typeof cost === 'string' ? 0n : BigInt(cost.nano_usd)), 0n)
    expect(spent).toBeGreaterThan(0n)
    expect(told.simulated.nano_usd).toBe(String(spent))
    // One that names no session is in none of them.
    expect(await ask('/api/v1/sessions')).toMatchObject({
      data: [
        { id: HOSTILE, requests: 1 },
        { id: 'run/1', requests: 3, simulated: told.simulated },
      ],
      has_more: false,
    })
    expect((await screens.gateway.askAdmin('/api/v1/sessions/nobody')).status).toBe(404)
  })

  test('from the list to a session, to a request of it, and back by its link; hostile names are text', async () => {
    const page = await screens.signIn({ path: '/sessions' })
    await page.getByText('2 sessions made 4 requests; 1 session had failures.').waitFor()
    expect(await page.locator('img').count()).toBe(0)
    await page.getByRole('link', { name: HOSTILE }).click()
    await page.getByRole('heading', { level: 1 }).getByText(HOSTILE).waitFor()
    await page.getByText(/^1 request cost/).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'run/1' }).click()
    await page.getByText(/^3 requests in .* 1 failed\.$/).waitFor()
    await page.getByRole('link', { name: 'support' }).click()
    await page.waitForURL(`**/requests/${ids[0]}`)
    await page.getByRole('link', { name: 'run/1', exact: true }).click()
    await page.waitForURL('**/sessions/run%2F1')
    await page.getByText(/^3 requests in/).waitFor()
    await page.close()
  })

  test.each(['.', '..', '~.', 'a/b', '%2F'])(
    'a session named %s opens, from the list and by its address',
    async (id) => {
      await screens.chat('sim/echo', { headers: { 'x-gatehouse-session': id } })
      const page = await screens.signIn({ path: '/sessions' })
      await page.getByRole('link', { name: id, exact: true }).click()
      for (const look of [() => Promise.resolve(null), () => page.reload()]) {
        await look()
        await page.getByRole('heading', { level: 1 }).getByText(id, { exact: true }).waitFor()
        await page.getByText(/^1 request cost/).waitFor()
      }
      await page.close()
    },
  )
})
