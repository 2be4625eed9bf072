import { digitsOf, isDayOfMonth, isLuhn, isModulo11And10, modulo97, weightedSum } from './checksums.ts'
import { findAll, isBehind, standsAlone, type Detector, type Span } from './detector.ts'

/** How a number of one country is written and checked. */
interface NationalId {
  readonly pattern: RegExp
  readonly isRight: (found: string) => boolean
  /** Words one of which has to stand before it, where its check alone proves too little. */
  readonly behind?: RegExp
}

const SPANISH_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE'
const FINNISH_CHARACTERS = '0123456789ABCDEFHJKLMNPRSTUVWXY'
const PESEL_WEIGHTS = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]

/** Numbers that states give to people, where a check makes it safe to say that this is one. */
const NATIONAL_IDS: Readonly<Record<string, NationalId>> = {
  brazil: {
    pattern: /\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11}/g,
    isRight: isCpf,
    behind: /cpf\W{0,6}$/i,
  },
  finland: { pattern: /\d{6}[-+A-F]\d{3}[0-9A-Y]/g, isRight: isHetu },
  france: { pattern: /[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}/g, isRight: isNir },
  germany: { pattern: /[1-9]\d(?: ?\d{3}){3}/g, isRight: isTaxNumber },
  italy: { pattern: /[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]/g, isRight: isFiscalCode },
  poland: { pattern: /\d{11}/g, isRight: isPesel },
  spain: { pattern: /(?:\d{8}|[XYZxyz]\d{7})-?[A-Za-z]/g, isRight: isDni },
  sweden: { pattern: /(?:19|20)?\d{6}[-+]\d{4}/g, isRight: isPersonNumber },
  'united-states': {
    pattern: /\d{3}-\d{2}-\d{4}/g,
    isRight: (found) => !/^(?:000|666|9)|-00-|-0000$/.test(found),
    behind: /(?:ssn|social security)\D{0,16}$/i,
  },
}

/** Numbers that states give to people. */
export const nationalId: Detector = {
  name: 'national-id',
  kind: 'personal',
  isNumber: true,
  says: 'Brazil, Finland, France, Germany (tax), Italy, Poland, Spain and Sweden by their check digits; the United States behind `SSN`',
  find: (text) => Object.values(NATIONAL_IDS).flatMap((id) => placesOf(text, id)),
}

function placesOf(text: string, { pattern, isRight, behind }: NationalId): readonly Span[] {
  return findAll(text, pattern, (found, start) => {
    if (!standsAlone(text, start, start + found.length) || !isRight(found)) return false
    // A number with its own punctuation needs no word.
    return behind === undefined || found.includes('.') || isBehind(text, start, behind)
  })
}

function isCpf(found: string): boolean {
  const digits = digitsOf(found)
  if (/^(.)\1*$/.test(digits)) return false
  return [9, 10].every((length) => {
    const weights = Array.from({ length }, (_, place) => length + 1 - place)
    return ((weightedSum(digits, weights) * 10) % 11) % 10 === Number(digits.charAt(length))
  })
}

function isHetu(found: string): boolean {
  const digits = found.slice(0, 6) + found.slice(7, 10)
  const isDay = isDayOfMonth(Number(found.slice(0, 2)), Number(found.slice(2, 4)))
  return isDay && FINNISH_CHARACTERS.charAt(Number(digits) % 31) === found.at(-1)
}

function isNir(found: string): boolean {
  const text = found.replaceAll(' ', '')
  // Corsica counts as the departments that it once was.
  const number = text.slice(0, 13).replace('2A', '19').replace('2B', '18')
  return /^\d{13}$/.test(number) && 97 - modulo97(number) === Number(text.slice(13))
}

function isTaxNumber(found: string): boolean {
  const digits = digitsOf(found)
  // Of the first ten digits exactly one comes twice or three times.
  const different = new Set(digits.slice(0, 10)).size
  return (different === 9 || different === 8) && isModulo11And10(digits)
}

function isPesel(found: string): boolean {
  const month = Number(found.slice(2, 4)) % 20
  return isDayOfMonth(Number(found.slice(4, 6)), month) && weightedSum(found, PESEL_WEIGHTS) % 10 === 0
}

function isDni(found: string): boolean {
  const text = found.replace('-', '').toUpperCase()
  const digits = text.slice(0, -1).replace('X', '0').replace('Y', '1').replace('Z', '2')
  return SPANISH_LETTERS.charAt(Number(digits) % 23) === text.at(-1)
}

function isPersonNumber(found: string): boolean {
  const digits = digitsOf(found).slice(-10)
  // Whoever has no number of his own yet is given a day that is 60 too late.
  const day = Number(digits.slice(4, 6)) % 60
  return isDayOfMonth(day, Number(digits.slice(2, 4))) && isLuhn(digits)
}

/** What a character at an odd place counts; at an even one letters count from nothing. */
const ODD_VALUES = '1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23'
  .split(' ')
  .map(Number)

function isFiscalCode(found: string): boolean {
  const text = found.toUpperCase()
  let sum = 0
  for (let place = 0; place < 15; place += 1) {
    const code = text.charCodeAt(place)
    const value = code >= 65 ? code - 65 : code - 48
    sum += place % 2 === 0 ? (ODD_VALUES[value] ?? 0) : value
  }
  return String.fromCharCode(65 + (sum % 26)) === text.charAt(15)
}
