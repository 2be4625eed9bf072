import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes:
  faq: { targets: [sim/smart], cache: { tags: [faq] } }
  other: { targets: [sim/smart], cache: true }
`

describe.skipIf(browser === undefined)('the page of the cache', () => {
  let screens: Screens
  let again = ''

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    const saying = (content: string) => ({ temperature: 0, messages: [{ role: 'user', content }] })
    await screens.chat('faq', { extra: saying('How long?') })
    again = await screens.chat('faq', { extra: saying('How long?') })
    await screens.chat('other', { extra: saying('How much?') })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  test('tells what it saved and holds, leads to the request that was answered from it, and removes what is meant', async () => {
    const page = await screens.signIn({ path: '/cache' })
    await page.getByText('2 routes keep answers over restarts: 1 were given again').waitFor()
    const routes = page.getByRole('region', { name: 'Routes' })
    expect(await routes.getByRole('row').filter({ hasText: 'faq' }).innerText()).toMatch(/50\.0 %\s+1\s+1/)
    const answers = page.getByRole('region', { name: 'Answers that are kept' })
    expect(await answers.getByRole('row').count()).toBe(3)
    await routes.getByRole('button', { name: 'Remove the answers of faq' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
    expect(await answers.getByRole('row').count()).toBe(3)
    await routes.getByRole('button', { name: 'Remove the answers of faq' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click()
    await answers.getByRole('row').nth(2).waitFor({ state: 'detached' })
    expect(await answers.innerText()).not.toContain('faq')
    await routes.getByRole('row').filter({ hasText: 'faq' }).getByTitle('The requests').click()
    await page.locator(`tr[data-id="${again}"]`).waitFor()
    expect(await page.locator('tr[data-id]').count()).toBe(1)
    await page.goto(`${screens.gateway.adminUrl}/requests/${again}`)
    await page.getByRole('tab', { name: 'Receipt' }).click()
    await page.getByText('Saved by the cache').waitFor()
    await page.close()
  })
})

const SIMILAR = `
providers: { sim: {} }
routes:
  labels:
    targets: ['sim/recite?to=2']
    cache: { semantic: { embeddings: sim/embed, epsilon: 20%, min_similarity: 0.5, wait: 20s } }
`

test.skipIf(browser === undefined)(
  'similar answers are learned, given and counted, and what was learned is forgotten at a press',
  async () => {
    const screens = await openScreens(browser ?? '', { config: SIMILAR })
    const { gateway } = screens
    const asked = async (content: string): Promise<string | null> => {
      const { headers } = await fetch(`${gateway.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'labels', temperature: 0, messages: [{ role: 'user', content }] }),
      })
      return headers.get('x-gatehouse-cache')
    }
    for (
      let eggs = 2, came: string | null = '';
      eggs < 60 && came?.startsWith('semantic') !== true;
      eggs += 1
    ) {
      await asked(`How much is a box of ${eggs} eggs?`)
      came = await asked(`What is the price of a box of ${eggs} eggs?`)
    }
    const page = await screens.signIn()
    await page.goto(`${gateway.adminUrl}/cache`)
    await page.getByText('over restarts: 1 were given again').waitFor()
    const card = page.getByRole('region', { name: 'Similar answers' })
    await card.getByText('earned').waitFor()
    expect(await card.innerText()).toMatch(/labels[^]*none wrong[^]*20\.0 %/)
    await card.getByRole('button', { name: 'Forget what was learned of labels' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click()
    await card.getByText('learning: none is given').waitFor()
    await card.getByRole('link', { name: 'labels' }).click()
    await page.locator('tr[data-id]').first().waitFor()
    await screens.close()
    expect(screens.complaints).toEqual([])
  },
)

test.skipIf(browser === undefined)(
  'without a route that keeps answers the page says how to begin',
  async () => {
    const screens = await openScreens(browser ?? '', { config: 'providers: { sim: {} }\n' })
    const page = await screens.signIn({ path: '/cache' })
    await page.getByText('No route keeps answers yet').waitFor()
    expect(await page.getByLabel('A route that keeps answers').innerText()).toContain('cache:')
    await screens.close()
  },
)
