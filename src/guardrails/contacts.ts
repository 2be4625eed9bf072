import { digitsOf } from './checksums.ts'
import {
  createNumberDetector,
  findFrom,
  goesOnFrom,
  isBehind,
  isWordAt,
  NOTHING,
  standsAlone,
  type Detector,
  type Span,
} from './detector.ts'

const LONGEST_LOCAL = 64
const LONGEST_DOMAIN = 255
const LOCAL = /[\p{L}\p{N}._%+\-']/u
const DOMAIN = /[\p{L}\p{N}.-]/u
/** Labels of a domain, of which the last is no number. */
const WHOLE_DOMAIN = /^[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62}\.){1,8}(?:\p{L}{2,24}|xn--[a-z0-9-]{2,40})$/u
/** Pictures for screens with small dots are called so: `logo@2x.png`. */
const PICTURE = /^\dx\.(?:png|jpe?g|gif|webp|svg)$/i
/** The sign itself, and as addresses have it. */
const SIGNS = ['@', '%40'] as const

/** Mail addresses, by the sign in their middle. */
export const email: Detector = {
  name: 'email',
  kind: 'personal',
  isUnbroken: true,
  says: 'a name, `@` (or `%40`) and a domain whose last label is no number',
  find: (text) => SIGNS.flatMap((sign) => aroundSign(text, sign)),
}

function aroundSign(text: string, sign: string): readonly Span[] {
  let spans: Span[] | undefined
  for (let at = text.indexOf(sign); at >= 0; at = text.indexOf(sign, at + sign.length)) {
    const start = beginOfLocal(text, at)
    const behind = at + sign.length
    let end = behind
    while (end < text.length && end - behind < LONGEST_DOMAIN && DOMAIN.test(text.charAt(end))) end += 1
    while (end > behind && /[.-]/.test(text.charAt(end - 1))) end -= 1
    if (start < at && isDomain(text.slice(behind, end))) (spans ??= []).push({ start, end })
  }
  return spans ?? NOTHING
}

/** Where the name before a sign begins: with a letter or a digit. */
function beginOfLocal(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start < LONGEST_LOCAL && LOCAL.test(text.charAt(start - 1))) start -= 1
  while (start < at && !isWordAt(text, start) && !/\p{L}/u.test(text.charAt(start))) start += 1
  return start
}

function isDomain(domain: string): boolean {
  return WHOLE_DOMAIN.test(domain) && !domain.includes('..') && !PICTURE.test(domain)
}

/** With the sign or the digits that lead abroad. */
const ABROAD = /(?:\+|00)[1-9](?:[ \u00A0.\-()/]{0,2}\d){7,14}/g
/** Groups as they are written in North America, in most of Europe, and in France. */
const GROUPED = [
  /\(\d{3}\)[ ]?\d{3}[ .-]\d{4}|\d{3}[ .-]\d{3}[ .-]\d{4}/g,
  /\(?0\d{1,5}\)?[ /-]{1,2}\d{2,4}(?:[ -]?\d{2,4}){1,3}/g,
  /0\d(?:[ .]\d{2}){4}/g,
]
/** Behind a word that says what it is. */
const NAMED =
  /(?<=\b(?:tel|phone|mobil|cell|call|fax|whatsapp|telefon|sms)[a-z]{0,8}\W{1,6})\d(?:[ \u00A0.\-()/]{0,2}\d){6,14}/gi
const LEAST_GROUPED = 9

/** Telephone numbers, in the forms in which people write them. */
export const phone = createNumberDetector({
  name: 'phone',
  kind: 'personal',
  says: 'eight to fifteen digits behind `+` or `00`, nine or more in the groups in which numbers are written, or seven or more behind a word such as `tel`; no dates, and not behind `order`, `ISBN`, `batch` and the like',
  numbers: [
    { find: (text, from) => findFrom({ text, from }, ABROAD, (found, start) => isPhone(text, found, start)) },
    ...GROUPED.map((form) => ({
      shape: form,
      find: (text: string, from: number) =>
        findFrom(
          { text, from },
          form,
          (found, start) => digitsOf(found).length >= LEAST_GROUPED && isPhone(text, found, start),
        ),
    })),
    {
      find: (text, from) =>
        findFrom({ text, from }, NAMED, (found, start) => !isWordAt(text, start + found.length)),
    },
  ],
})

/** As numbers of people are written in the United States; and where they begin with a day of birth. */
const NUMBERS_OF_PEOPLE =
  /^(?:\d{3}-\d{2}-\d{4}|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}[- ]\d{4}|0\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[- ]\d{4})$/
/** Says that a number is one of something else: of an order, a book, an account by the letters of its bank. */
const NUMBER_OF =
  /(?:\b(?:order|invoice|ticket|batch|tracking|isbn|issn|ean|sku|item|part|serial|case|ref|reference|lot|commit|build|account|konto|rechnung|bestellung|auftrag|kundennummer|vertragsnummer|commande|facture|pedido|factura|ordine|fattura)\b\W{0,3}(?:(?:no|nr|number|nummer|id|code)\b\W{0,3})?|[A-Z]{2}\d{2} ?[A-Z]{4} ?)$/i
/** As dates and times are written. */
const DATE = /^(?:0?\d|[12]\d|3[01])[ -/.](?:0?\d|1[0-2])[ -/.](?:19|20)\d{2}(?:[ -]\d{2}){0,2}$/

function isPhone(text: string, found: string, start: number): boolean {
  const end = start + found.length
  if (!standsAlone(text, start, end) || /[.,-]/.test(text.charAt(start - 1))) return false
  if (goesOnFrom(text, start) || NUMBERS_OF_PEOPLE.test(found) || DATE.test(found)) return false
  // What leads abroad with its sign is told from all that.
  if (!found.startsWith('+') && isBehind(text, start, NUMBER_OF)) return false
  return !/^(.)\1*$/.test(digitsOf(found)) && !/^[.-]\d/.test(text.slice(end, end + 2))
}

const V4 = /\d{1,3}(?:\.\d{1,3}){3}/g
const VERSION_WORDS = /(?:\bv|version|release)\W{0,2}$/i
/** The machine itself, and nobody. */
const NOBODY = new Set(['127.0.0.1', '0.0.0.0', '255.255.255.255'])

/** Addresses of the internet protocol, version 4. */
export const ipAddress = createNumberDetector({
  name: 'ip-address',
  kind: 'personal',
  says: 'four numbers up to 255; not those of the machine itself, nor numbers of versions',
  numbers: [
    {
      shape: V4,
      find: (text, from) => findFrom({ text, from }, V4, (found, start) => isV4(text, found, start)),
    },
  ],
})

function isV4(text: string, found: string, start: number): boolean {
  const end = start + found.length
  if (!standsAlone(text, start, end) || NOBODY.has(found)) return false
  if (text.charAt(start - 1) === '.' || /^\.\d/.test(text.slice(end, end + 2))) return false
  if (isBehind(text, start, VERSION_WORDS)) return false
  return found.split('.').every((part) => Number(part) <= 255 && !/^0\d/.test(part))
}

const LONGEST_V6 = 39
const SHORTEST_V6 = 6

/** Addresses of the internet protocol, version 6: by their colons. */
export const ipAddress6: Detector = {
  name: 'ip-address-6',
  kind: 'personal',
  isUnbroken: true,
  says: 'eight groups of hexadecimal digits, or fewer around `::`, one of them long and with a number in it',
  find(text) {
    let spans: Span[] | undefined
    let end = 0
    for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', Math.max(end, at + 1))) {
      let start = at
      while (start > end && at - start < LONGEST_V6 && isOfV6(text, start - 1)) start -= 1
      end = at + 1
      while (end < text.length && end - start <= LONGEST_V6 && isOfV6(text, end)) end += 1
      if (isV6(text, start, end)) (spans ??= []).push({ start, end })
    }
    return spans ?? NOTHING
  },
}

/** A colon or a hexadecimal digit. */
function isOfV6(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return (code >= 48 && code <= 58) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102)
}

function isV6(text: string, start: number, end: number): boolean {
  if (end - start < SHORTEST_V6 || !standsAlone(text, start, end)) return false
  const found = text.slice(start, end)
  const groups = found.split(':')
  const shortened = found.split('::').length - 1
  if (shortened > 1 || groups.length > 8 || (shortened === 0 && groups.length !== 8)) return false
  // `a::b` is written in programs too.
  return (
    groups.every((group) => group.length <= 4) &&
    groups.some((group) => group.length >= 3 && /\d/.test(group))
  )
}
