import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'
import type { JsonObject } from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway, type RunningGatewayOptions } from '../running-gateway.ts'

/** A gateway and a browser that looks at its dashboard. */
export interface Screens {
  readonly gateway: RunningGateway
  /** A page of a person who was never here, in a window of this size. */
  open(options?: WindowOptions): Promise<Page>
  /**
   * A page that the printed link has signed in, at a path where one is given: of somebody who has chosen nothing yet, in a browser
   * that has fetched the scripts before. Whoever asked closes the page.
   */
  signIn(options?: SignInOptions): Promise<Page>
  /** What pages have complained of, and addresses outside of the admin listener that they asked for. */
  readonly complaints: string[]
  /** Sends a chat through the gateway, and waits until its line is in the log. */
  chat(model: string, options?: ChatOptions): Promise<string>
  close(): Promise<void>
}

export interface WindowOptions {
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
}

export interface SignInOptions extends WindowOptions {
  /** Absent: `/`. The first page costs most of what a browser does in a test, so it had better be the one that is looked at. */
  readonly path?: string
}

export interface ChatOptions {
  readonly stream?: boolean
  /** Further members of the body. */
  readonly extra?: JsonObject
  readonly headers?: Readonly<Record<string, string>>
}

/** No sandbox: tests run as root in containers. What a browser asks its maker for is switched off. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Opens both. */
export async function openScreens(executablePath: string, options: RunningGatewayOptions): Promise<Screens> {
  const [gateway, browser] = await Promise.all([
    openRunningGateway(options),
    chromium.launch({ executablePath, args: FLAGS, headless: true }),
  ])
  const complaints: string[] = []
  const watch = (page: Page): Page => watchPage(page, gateway, complaints)
  let kept: Promise<BrowserContext> | undefined
  return {
    gateway,
    complaints,
    async open({ width = 1440, height = 900, theme = 'light' } = {}) {
      const context = await openContext(browser)
      const page = watch(await context.newPage())
      await showIn(page, { width, height, theme })
      return page
    },
    async signIn({ path = '/', width = 1440, height = 900, theme = 'light' } = {}) {
      const page = watch(await (await (kept ??= openContext(browser))).newPage())
      await showIn(page, { width, height, theme })
      await forgetChoices(page, gateway.adminUrl)
      await page.goto(`${gateway.adminUrl}${path}#token=${gateway.gatehouse.adminToken.secret.reveal()}`)
      await page.locator('nav').waitFor({ state: 'attached' })
      return page
    },
    chat: (model, chat) => askChat(gateway, model, chat),
    async close() {
      await browser.close()
      await gateway.close()
    },
  }
}

const openContext = (browser: Browser): Promise<BrowserContext> =>
  browser.newContext({ reducedMotion: 'reduce' })

async function showIn(page: Page, { width, height, theme }: Required<WindowOptions>): Promise<void> {
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme: theme })
}

/** What somebody chose in an earlier page is not there in the next one; what was fetched is. */
async function forgetChoices(page: Page, origin: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.clearDataForOrigin', {
    origin,
    storageTypes: 'local_storage,cookies,indexeddb',
  })
  await session.detach()
}

function watchPage(page: Page, gateway: RunningGateway, complaints: string[]): Page {
  // Beside other processes everything takes a multiple of its time.
  page.setDefaultTimeout(90_000)
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    // A refused token, a query with a mistake, a missing id and a draft that waits for its turn are told as failed requests, and are part of the story.
    if (message.type() === 'error' && !/status of (40[014]|503)/.test(message.text()))
      complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(`${gateway.adminUrl}/`)) complaints.push(`asked ${request.url()}`)
  })
  return page
}

async function askChat(
  gateway: RunningGateway,
  model: string,
  { stream = false, headers = {}, extra }: ChatOptions = {},
): Promise<string> {
  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'Say hi' }], ...extra }),
  })
  await response.text()
  const id = response.headers.get('x-request-id') ?? ''
  for (let tries = 0; tries < 200; tries += 1) {
    const found = await gateway.askAdmin(`/api/v1/requests/${id}`)
    if (found.ok) return id
    await Bun.sleep(20)
  }
  throw new Error(`${id} never came into the log`)
}
