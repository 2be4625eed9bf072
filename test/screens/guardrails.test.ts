import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { findBrowser } from './find-browser.ts'
import { openScreens, type Screens } from './open-screens.ts'

const browser = findBrowser()
const CONFIG = `
providers: { sim: {} }
routes: { support: [sim/smart], open: [sim/smart], account: [sim/echo], polite: [sim/smart] }
guardrails:
  cards: { detect: [card], action: block, routes: [support] }
  remembered: { detect: [email], action: mask, as: CUSTOMER, remember: 30d, routes: [account] }
  contacts: { detect: [personal], action: mask }
  harsh: { moderation: { model: sim/moderate }, action: block, routes: [polite] }
  looks-only: { detect: [email], action: block, mode: shadow }
logs: { content: { routes: { account: full }, restore: true } }
`
const CARD = '4111 1111 1111 1111'

describe.skipIf(browser === undefined)('the page of guardrails', () => {
  let screens: Screens
  let blocked = ''
  let masked = ''

  beforeAll(async () => {
    screens = await openScreens(browser ?? '', { config: CONFIG })
    blocked = await screens.chat('support', { extra: saying(`My card is ${CARD}`) })
    await screens.chat('open', { extra: saying('Write to ana@example.com and to bo@example.com') })
    await screens.chat('open')
    masked = await screens.chat('account', { extra: saying('Write to ana@example.com') })
  })
  afterAll(async () => {
    const { complaints } = screens
    await screens.close()
    expect(complaints).toEqual([])
  })

  const saying = (content: string) => ({ messages: [{ role: 'user', content }] })

  test('tells what each has said, and leads to the request that was blocked', async () => {
    const page = await screens.signIn({ path: '/guardrails' })
    const row = (name: string) => page.getByRole('table').getByRole('row').filter({ hasText: name })
    await row('cards').waitFor()
    expect(await row('cards').innerText()).toMatch(/blocks[^]*routes support[^]*1 blocked[^]*card\s+1/)
    expect(await row('contacts').innerText()).toMatch(/3 masked[^]*1 passed[^]*email\s+3\s+card\s+1/)
    expect(await row('looks-only').innerText()).toMatch(/shadow[^]*2 would be blocked[^]*2 passed/)
    await row('cards').getByRole('link', { name: '1 blocked' }).click()
    await page.locator(`tr[data-id="${blocked}"]`).waitFor()
    expect(await page.locator('tr[data-id]').count()).toBe(1)
    await page.goto(`${screens.gateway.adminUrl}/requests/${blocked}`)
    const story = page.getByRole('region', { name: 'What happened' })
    await story.getByText('Guardrail cards: blocked').waitFor()
    const card = page.getByRole('region', { name: 'What guardrails said' })
    expect(await card.getByRole('row').filter({ hasText: 'cards' }).innerText()).toMatch(/blocked\s+card 1/)
    await card.getByRole('link', { name: 'Guardrails' }).click()
    await page.getByRole('heading', { name: 'Try a text' }).waitFor()
    await page.close()
  })

  test('tells what was put back, and shows what was masked to who asks for it', async () => {
    const page = await screens.signIn({ path: '/guardrails' })
    const row = page.getByRole('table').getByRole('row').filter({ hasText: 'remembered' })
    await row.waitFor()
    expect(await row.innerText()).toMatch(
      /as <CUSTOMER_…>, put back in the answer, remembered for 30 d[^]*1 put back/,
    )
    await page.goto(`${screens.gateway.adminUrl}/requests/${masked}`)
    const card = page.getByRole('region', { name: 'What guardrails said' })
    await card.getByText('Put back in the answer: remembered 1.').waitFor()
    await page.getByRole('region', { name: 'What happened' }).getByText('put back in the answer').waitFor()
    await page.goto(`${screens.gateway.adminUrl}/requests/${masked}?tab=content`)
    const said = page.getByRole('region', { name: 'What was said' })
    await said.getByRole('button', { name: 'Show it' }).click()
    await said.getByRole('button', { name: 'Show masked values' }).waitFor()
    expect(await said.innerText()).toMatch(/Write to <CUSTOMER_[0-9A-Z]{8}>/)
    await said.getByRole('button', { name: 'Show masked values' }).click()
    await said.getByText('Write to ana@example.com').first().waitFor()
    await said.getByRole('button', { name: 'Hide masked values' }).click()
    await said.getByRole('button', { name: 'Show masked values' }).waitFor()
    expect(await said.innerText()).not.toContain('ana@example.com')
    await page.close()
  })

  test('tries a text and marks in it what is found', async () => {
    const page = await screens.signIn({ path: '/guardrails', width: 375, theme: 'dark' })
    await page.getByLabel('Text to try').fill(`My card is ${CARD}, thanks`)
    await page.getByRole('button', { name: 'Try it' }).click()
    const after = page.getByLabel('What becomes of it')
    expect(await after.innerText()).toMatch(/^My card is <CARD_[0-9A-Z]{4,}>, thanks$/)
    expect(await page.locator('mark').innerText()).toBe(`${CARD} card`)
    await page.getByLabel('Route').selectOption('support')
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('It reaches nobody.').waitFor()
    expect(await page.locator('mark').count()).toBe(1)
    await page.close()
  })

  test('has checks ask their models where that is wished', async () => {
    const page = await screens.signIn({ path: '/guardrails' })
    await page.getByLabel('Text to try').fill('I will kill you')
    await page.getByLabel('Route').selectOption('polite')
    await page.getByRole('button', { name: 'Try it' }).click()
    const said = page.getByRole('list', { name: 'What each says' }).getByRole('listitem')
    const harsh = said.filter({ hasText: 'harsh' })
    await harsh.getByText('was not tried').waitFor()
    await page.getByLabel('Have checks ask their models').check()
    await page.getByRole('button', { name: 'Try it' }).click()
    await harsh.getByText('violence').waitFor()
    expect(await harsh.innerText()).toMatch(/harsh violence\s+blocked/)
    await page.close()
  })
})

test.skipIf(browser === undefined)('without guardrails the page says how to begin', async () => {
  const screens = await openScreens(browser ?? '', { config: 'providers: { sim: {} }\n' })
  const page = await screens.signIn({ path: '/guardrails' })
  await page.getByText('No guardrail yet').waitFor()
  expect(await page.locator('pre').innerText()).toContain('action: block')
  await screens.close()
})
