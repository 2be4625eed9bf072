import { digitsOf, isFraction, isLuhn, modulo97 } from './checksums.ts'
import { createNumberDetector, findFrom, NOTHING, standsAlone, type Span } from './detector.ts'

const CARDS = [
  /\d{13,19}/g,
  /\d{4}(?:[ -]\d{4}){3}/g,
  /\d{4}(?:[ -]\d{4}){3}[ -]\d{1,3}/g,
  /\d{4}[ -]\d{6}[ -]\d{4,5}/g,
]
/** Issuers begin with these (ISO/IEC 7812): travel and banking, without what has not been given out. */
const ISSUERS = /^(?:2[2-7]|3[045678]|4|5[0-8]|6)/

/** Numbers of payment cards. */
export const paymentCard = createNumberDetector({
  name: 'card',
  kind: 'personal',
  says: '13 to 19 digits in the groups of a card, by an issuer that there is, with the right check digit (Luhn)',
  numbers: CARDS.map((pattern) => ({
    shape: pattern,
    find: (text, from) =>
      findFrom(
        { text, from },
        pattern,
        (found, start) =>
          standsAlone(text, start, start + found.length) &&
          isCard(digitsOf(found)) &&
          !isFraction(text, start) &&
          !isInAccount(text, start),
      ),
  })),
})

/** Four digits, or a country with its check digits, stand before it: an account number in groups. */
function isInAccount(text: string, start: number): boolean {
  return IN_ACCOUNT.test(text.slice(Math.max(0, start - 6), start))
}

const IN_ACCOUNT = /(?:^|[^0-9A-Za-z])(?:[A-Z]{2}\d{2}|\d{4})[ -]$/

function isCard(digits: string): boolean {
  return ISSUERS.test(digits) && !/^(.)\1*$/.test(digits) && isLuhn(digits)
}

/** How long an account number is, by country (ISO 13616 registry). */
const IBAN_LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AE: 23,
  AL: 28,
  AT: 20,
  AZ: 28,
  BA: 20,
  BE: 16,
  BG: 22,
  BH: 22,
  BR: 29,
  BY: 28,
  CH: 21,
  CR: 22,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  DO: 28,
  EE: 20,
  EG: 29,
  ES: 24,
  FI: 18,
  FO: 18,
  FR: 27,
  GB: 22,
  GE: 22,
  GI: 23,
  GL: 18,
  GR: 27,
  GT: 28,
  HR: 21,
  HU: 28,
  IE: 22,
  IL: 23,
  IQ: 23,
  IS: 26,
  IT: 27,
  JO: 30,
  KW: 30,
  KZ: 20,
  LB: 28,
  LC: 32,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  LY: 25,
  MC: 27,
  MD: 24,
  ME: 22,
  MK: 19,
  MR: 27,
  MT: 31,
  MU: 30,
  NL: 18,
  NO: 15,
  PK: 24,
  PL: 28,
  PS: 29,
  PT: 25,
  QA: 29,
  RO: 24,
  RS: 22,
  SA: 24,
  SC: 31,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  ST: 25,
  TN: 24,
  TR: 26,
  UA: 29,
  VA: 22,
  VG: 24,
  XK: 20,
}

const IBAN_BEGIN = /[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9])/g
/** The digits behind the country, as far as they are not written in groups. */
const IBAN_SHAPE = /[A-Za-z]{2}\d{2,32}/

/** Numbers of bank accounts. */
export const iban = createNumberDetector({
  name: 'iban',
  kind: 'personal',
  says: 'a country, its length and the right check digits (mod 97), with or without blanks',
  numbers: [{ shape: IBAN_SHAPE, find: findAccounts }],
})

function findAccounts(text: string, from: number): readonly Span[] {
  let spans: Span[] | undefined
  for (const { start } of findFrom({ text, from }, IBAN_BEGIN, () => true)) {
    const span = accountAt(text, start)
    if (span !== undefined) (spans ??= []).push(span)
  }
  return spans ?? NOTHING
}

/** The account whose number begins at a place: as many characters as its country has, single blanks between them. */
function accountAt(text: string, start: number): Span | undefined {
  const length = IBAN_LENGTHS[text.slice(start, start + 2).toUpperCase()]
  if (length === undefined) return undefined
  let characters = ''
  let end = start
  for (; end < text.length && characters.length < length; end += 1) {
    const character = text.charAt(end)
    if (/[A-Za-z0-9]/.test(character)) characters += character.toUpperCase()
    else if (!/[ -]/.test(character) || /[ -]/.test(text.charAt(end - 1))) return undefined
  }
  if (characters.length < length || !standsAlone(text, start, end)) return undefined
  return modulo97(characters.slice(4) + characters.slice(0, 4)) === 1 ? { start, end } : undefined
}
