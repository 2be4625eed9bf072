import { chromium, type Browser, type Page } from 'playwright-core'
import type { JsonObject } from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway, type RunningGatewayOptions } from '../running-gateway.ts'

/** A gateway and a browser that looks at its dashboard. */
export interface Screens {
  readonly gateway: RunningGateway
  /** A page of a person who was never here, in a window of this size. */
  open(options?: WindowOptions): Promise<Page>
  /** The same, signed in by the printed link. */
  signIn(options?: WindowOptions): Promise<Page>
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
  const open = (window: WindowOptions = {}): Promise<Page> =>
    openPage(browser, gateway, { window, complaints })
  return {
    gateway,
    complaints,
    open,
    async signIn(window) {
      const page = await open(window)
      await page.goto(`${gateway.adminUrl}/#token=${gateway.gatehouse.adminToken.secret.reveal()}`)
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

interface Opening {
  readonly window: WindowOptions
  readonly complaints: string[]
}

async function openPage(
  browser: Browser,
  gateway: RunningGateway,
  { window, complaints }: Opening,
): Promise<Page> {
  const { width = 1440, height = 900, theme = 'light' } = window
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
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
