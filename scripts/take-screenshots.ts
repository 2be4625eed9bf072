/** Takes the pictures of the documentation: every page of the dashboard over the demo workspace, in both themes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import type { Gatehouse } from '../src/boot.ts'
import { openDemo } from '../src/boot/demo/open-demo.ts'
import { systemClock, type Clock } from '../src/kit/clock.ts'
import { parseJsonObject, readNumber, readObjects, readString, type JsonObject } from '../src/kit/json.ts'
import { findBrowser } from '../test/screens/find-browser.ts'
import { fileOf, PICTURES, SCREENSHOTS, THEMES, type Theme } from './screenshots.ts'

/** The present of the pictures: an afternoon of a working day. */
const NOW_MS = Date.UTC(2026, 11, 2, 14, 40)
const WINDOW = { width: 1440, height: 900 }
const QUALITY = 84
const FOLDER = new URL(`../${SCREENSHOTS.folder}/`, import.meta.url).pathname
const FLAGS = ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none']
const PATIENCE_MS = 120_000

/** What stands for the parameters of pages: something that is worth a picture. */
const SUBJECTS: Readonly<Record<string, (gatehouse: Gatehouse) => Promise<string>>> = {
  id: (gatehouse) =>
    subjectOf('/api/v1/requests?limit=1&q=route:assistant+attempts:>1+status:ok', 'id', gatehouse),
  session: (gatehouse) => subjectOf('/api/v1/sessions?limit=50', 'id', gatehouse),
  name: async () => 'support',
  client: async () => 'claude-code',
  model: (gatehouse) => subjectOf('/api/v1/models', 'name', gatehouse),
}

const lengthOf = (row: JsonObject): number => readNumber(row, 'requests') ?? 0

async function subjectOf(path: string, member: string, { adminUrl, adminToken }: Gatehouse): Promise<string> {
  const headers = { authorization: `Bearer ${adminToken.secret.reveal()}` }
  const text = await (await fetch(adminUrl + path, { headers })).text()
  const rows = readObjects(parseJsonObject(text) ?? {}, 'data')
  // The longest where they have lengths, else the newest.
  const [first = {}] = rows.toSorted((one, other) => lengthOf(other) - lengthOf(one))
  const found = readString(first, member)
  if (found === undefined)
    throw new Error(`the demo workspace has nothing to show for ${path}: ${text.slice(0, 300)}`)
  return found
}

/** The time of the machine, moved. */
function clockFrom(startMs: number): Clock {
  const beganMs = systemClock.elapsedMs()
  return { ...systemClock, nowMs: () => Math.floor(startMs + systemClock.elapsedMs() - beganMs) }
}

async function fill(path: string, gatehouse: Gatehouse): Promise<string> {
  const parameter = /\{(\w+)\}/.exec(path)?.[1]
  if (parameter === undefined) return path
  const subject = SUBJECTS[parameter]
  if (subject === undefined)
    throw new Error(`say in SUBJECTS what stands for {${parameter}} in pictures of ${path}`)
  return path.replace(`{${parameter}}`, encodeURIComponent(await subject(gatehouse)))
}

async function openPage(browser: Browser, theme: Theme, nowMs: number): Promise<Page> {
  const context = await browser.newContext({ viewport: WINDOW, colorScheme: theme, reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  await page.clock.setFixedTime(nowMs)
  return page
}

/** Until nothing is on its way: no placeholder, no spinner, no answer that is still awaited. */
async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('.sk, .spin').first().waitFor({ state: 'detached' })
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
}

async function takeAll(browser: Browser, gatehouse: Gatehouse, clock: Clock): Promise<number> {
  let bytes = 0
  for (const theme of THEMES) {
    const page = await openPage(browser, theme, clock.nowMs())
    await page.goto(`${gatehouse.adminUrl}/#token=${gatehouse.adminToken.secret.reveal()}`)
    await settled(page)
    const capture = await page.context().newCDPSession(page)
    for (const { name, path, keys } of PICTURES) {
      await page.goto(gatehouse.adminUrl + (await fill(path, gatehouse)))
      await settled(page)
      for (const key of keys) await page.keyboard.press(key)
      await page.waitForTimeout(SETTLE_MS)
      await settled(page)
      const { data } = await capture.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY })
      const picture = Buffer.from(data, 'base64')
      bytes += picture.length
      writeFileSync(join(FOLDER, fileOf(name, theme)), picture)
      console.log(`${fileOf(name, theme)}  ${Math.round(picture.length / 1024)} KB`)
    }
    await page.context().close()
  }
  return bytes
}

/** For what is told after the page: the stream of events, and charts that are drawn in the frame after. */
const SETTLE_MS = 400

const executablePath = findBrowser()
if (executablePath === undefined) process.exit(1)
const directory = mkdtempSync(join(tmpdir(), 'gatehouse-pictures-'))
// Paths stand on some pages; they are to be those of anybody.
process.chdir(directory)
const clock = clockFrom(NOW_MS)
const demo = await openDemo({
  dataDirectory: '.gatehouse',
  version: '1.0.0',
  logLevel: 'error',
  writeLog: console.error,
  world: { clock },
  fetch: (request) => fetch(request),
  onMaking: () => console.log('playing the past'),
  isStill: true,
})
const browser = await chromium.launch({ executablePath, args: FLAGS, headless: true })
try {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  const bytes = await takeAll(browser, demo.gatehouse, clock)
  console.log(`${PICTURES.length * THEMES.length} pictures, ${Math.round(bytes / 1024)} KB`)
  if (bytes > SCREENSHOTS.mostBytes)
    throw new Error(`the pictures may weigh ${SCREENSHOTS.mostBytes} bytes in all`)
} finally {
  await browser.close()
  await demo.quiet()
  await demo.gatehouse.close()
  demo.remove()
  rmSync(directory, { recursive: true, force: true })
}
process.exit(0)
