import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openListingProvider, type ListingProvider } from '../listing-provider.ts'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const KEY = 'gsk-the-right-key-0123456789'

describe.skipIf(browser === undefined)('the key of a provider is pasted', () => {
  let screens: Screens
  let provider: ListingProvider

  beforeAll(async () => {
    provider = openListingProvider({ key: KEY, says: 'hello' })
    screens = await openScreens(browser ?? '', {})
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    await provider.close()
    expect(complaints).toEqual([])
  })

  test('a provider is connected by pasting its key: a wrong one is refused in its words, the right one is in force and shown nowhere', async () => {
    const page = await screens.signIn({ path: '/start' })
    await page.getByLabel('Provider', { exact: true }).selectOption('groq')
    await page.getByText('Another address, or a variable instead').click()
    await page.getByLabel('Address, where it is not the provider’s own').fill(provider.url)
    await page.getByLabel('Its key').fill('gsk-a-wrong-key-0123456789')
    await page.getByRole('button', { name: 'Try and keep it' }).click()
    await page.getByText('groq refuses this key.').waitFor()
    await page.getByText('Incorrect API key provided').waitFor()
    expect((await (await screens.gateway.askAdmin('/api/v1/secrets')).json()).data).toEqual([])

    await page.getByLabel('Address, where it is not the provider’s own').fill(provider.url)
    await page.getByLabel('Its key').fill(KEY)
    await page.getByRole('button', { name: 'Try and keep it' }).click()
    await page.getByText('groq is connected.').waitFor()
    await page.getByText('It took the key and lists 2 models.').waitFor()
    expect(await page.getByLabel('Its key').inputValue()).toBe('')
    expect(await page.content()).not.toContain(KEY)
    // Who was there before is there still.
    const answered = await screens.gateway.askAdmin(`/api/v1/requests/${await screens.chat('groq/one')}`)
    expect(await answered.json()).toMatchObject({ target: 'groq/one', status: 200 })
    const before = await screens.gateway.askAdmin(`/api/v1/requests/${await screens.chat('sim/smart')}`)
    expect(await before.json()).toMatchObject({ target: 'sim/smart' })
    await page.close()
  })
})
