import { findAll } from './detector.ts'
import type { Found, Looker } from './looker.ts'

const LONGEST = 2_048
/** With a scheme anywhere, without one where Markdown has an address. */
const ADDRESS = /(?:https?:|(?<=\]\())\/\/[^\s<>"'`)\]]{1,2000}/gi
const LONGEST_LOOKED_AT = 2_000
const IN_ADDRESS = /[^\s<>"'`)\]]/
const NOTHING: readonly Found[] = []
const IMAGE = /!\[[^\]]{0,200}\]\($/
const BEFORE = 204

/**
 * Looks for addresses whose host is not on a list: what a model says may carry words away in an address, above all in that of a picture, which
 * is fetched without anybody's asking.
 *
 * @param hosts in lower case; `*.` before one stands for all below it
 */
export function createLinkLooker(hosts: readonly string[]): Looker {
  const exact = new Set(hosts.filter((host) => !host.startsWith('*.')))
  const below = hosts.filter((host) => host.startsWith('*.')).map((host) => host.slice(1))
  const isAllowed = (host: string): boolean => exact.has(host) || below.some((end) => host.endsWith(end))
  return {
    reach: LONGEST,
    look(text): readonly Found[] {
      if (!text.includes('//')) return []
      let until = 0
      return findAll(text, ADDRESS, (found) => !isAllowed(hostOf(found))).flatMap(({ start, end }) => {
        // One that is longer than what was looked at goes on to its end, and whatever it holds with it.
        if (start < until) return NOTHING
        until = end - start < LONGEST_LOOKED_AT ? end : endOfAddress(text, end)
        const isImage = IMAGE.test(text.slice(Math.max(0, start - BEFORE), start))
        return [{ start, end: until, name: isImage ? 'image' : 'link' }]
      })
    },
    // An address has no blank in it.
    settled: (text) => text.length - lastRun(text),
  }
}

function endOfAddress(text: string, from: number): number {
  let end = from
  while (end < text.length && IN_ADDRESS.test(text.charAt(end))) end += 1
  return end
}

function lastRun(text: string): number {
  let length = 0
  while (length < Math.min(LONGEST, text.length) && !/\s/.test(text.charAt(text.length - 1 - length)))
    length += 1
  return length
}

/** As clients understand it: without user, password, port and case. What is no address has a host that nobody allows. */
function hostOf(address: string): string {
  const whole = address.startsWith('//') ? `https:${address}` : address
  return URL.canParse(whole) ? new URL(whole).hostname.replace(/\.$/, '') : ''
}
