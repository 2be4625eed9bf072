import { existsSync } from 'node:fs'

/** Where systems and people put Chromium. */
const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * The browser that this machine has, or the one that CHROMIUM names; undefined where there is none, which is said, and the screens are not tried.
 *
 * @throws Error in CI, where a suite without screens would look like one that passed
 */
export function findBrowser(): string | undefined {
  const { CHROMIUM: named, CI: ci } = process.env
  const found = [named, ...PLACES].find((path) => path !== undefined && existsSync(path))
  if (found !== undefined) return found
  const line =
    'There is no Chromium on this machine (apt-get install chromium, or CHROMIUM=/path): the screens are not tried.'
  if (ci !== undefined) throw new Error(line)
  console.log(line)
  return undefined
}
