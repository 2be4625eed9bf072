import {
  digitsOf,
  isDayOfMonth,
  isLuhn,
  isModulo11And10,
  modulo97,
  weightedModulo11,
  weightedSum,
} from './checksums.ts'
import type { NationalId } from './national-id.ts'

const SPANISH_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE'
const FINNISH_CHARACTERS = '0123456789ABCDEFHJKLMNPRSTUVWXY'
const PESEL_WEIGHTS = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]
const DUTCH_WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1]
const NORWEGIAN_WEIGHTS = [
  [3, 7, 6, 1, 8, 9, 4, 5, 2, 1],
  [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1],
]
const ROMANIAN_WEIGHTS = [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]
const PORTUGUESE_WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2]
const SWISS_WEIGHTS = [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]
const HEALTH_WEIGHTS = [10, 9, 8, 7, 6, 5, 4, 3, 2]

/** Numbers of people in Europe. */
export const EUROPEAN_IDS: Readonly<Record<string, NationalId>> = {
  belgium: { pattern: /\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}|\d{11}/g, isRight: isBelgian },
  'czech-republic': { pattern: /\d{6}\/\d{4}/g, isRight: isCzech },
  finland: { pattern: /\d{6}[-+A-F]\d{3}[0-9A-Y]/g, isRight: isHetu },
  france: { pattern: /[12] ?\d{2} ?\d{2} ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}/g, isRight: isNir },
  germany: {
    pattern: /[1-9]\d(?: ?\d{3}){3}/g,
    isRight: isTaxNumber,
    behind: /(?:steuer|idnr|\btin\b|tax)/i,
    free: / .* .* /,
  },
  italy: { pattern: /[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]/g, isRight: isFiscalCode },
  netherlands: { pattern: /\d{9}/g, isRight: isBsn, behind: /(?:bsn|burgerservice|sofi)/i },
  norway: { pattern: /\d{6} ?\d{5}/g, isRight: isNorwegian },
  poland: { pattern: /\d{11}/g, isRight: isPesel, behind: /pesel/i },
  portugal: { pattern: /\d{3} ?\d{3} ?\d{3}/g, isRight: isNif, behind: /(?:\bnif\b|contribuinte)/i },
  romania: { pattern: /[1-8]\d{12}/g, isRight: isCnp },
  spain: { pattern: /(?:\d{8}|[XYZxyz]\d{7})-?[A-Za-z]/g, isRight: isDni },
  sweden: { pattern: /(?:19|20)?\d{6}[-+]\d{4}/g, isRight: isPersonNumber },
  switzerland: { pattern: /756(?:\.\d{4}\.\d{4}\.|\d{8})\d{2}/g, isRight: isSwiss },
  'united-kingdom': {
    pattern: /\d{3}[ -]?\d{3}[ -]?\d{4}/g,
    isRight: isHealthNumber,
    behind: /\bnhs\b/i,
  },
  'united-kingdom-insurance': {
    pattern: /[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?: ?\d{2}){3} ?[A-D]/g,
    isRight: () => true,
    behind: /(?:\bnino\b|national insurance|\bni n)/i,
  },
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

/** The remainder counts down from 97; who is born from 2000 on has a 2 before the number. */
function isBelgian(found: string): boolean {
  const digits = digitsOf(found)
  // Months of 20 and 40 more are those of people who are registered without living there.
  const isDay = isDayOfMonth(Number(digits.slice(4, 6)) || 1, Number(digits.slice(2, 4)) % 20 || 1)
  const check = Number(digits.slice(9))
  const number = digits.slice(0, 9)
  return isDay && [number, `2${number}`].some((one) => 97 - (Number(one) % 97) === check)
}

function isCzech(found: string): boolean {
  const digits = digitsOf(found)
  const month = Number(digits.slice(2, 4)) % 50
  return isDayOfMonth(Number(digits.slice(4, 6)), month % 20) && Number(digits) % 11 === 0
}

function isBsn(found: string): boolean {
  return !/^(.)\1*$/.test(found) && weightedSum(found, DUTCH_WEIGHTS) % 11 === 0
}

function isNorwegian(found: string): boolean {
  const digits = digitsOf(found)
  // Who has no number of his own yet is given a day that is 40 too late.
  const isDay = isDayOfMonth(Number(digits.slice(0, 2)) % 40, Number(digits.slice(2, 4)) % 40)
  return isDay && NORWEGIAN_WEIGHTS.every((weights) => weightedSum(digits, weights) % 11 === 0)
}

function isNif(found: string): boolean {
  const digits = digitsOf(found)
  return (
    /^[1235689]/.test(digits) && weightedModulo11(digits, PORTUGUESE_WEIGHTS) % 10 === Number(digits.at(8))
  )
}

function isCnp(found: string): boolean {
  const isDay = isDayOfMonth(Number(found.slice(5, 7)), Number(found.slice(3, 5)))
  const rest = weightedSum(found, ROMANIAN_WEIGHTS) % 11
  return isDay && (rest === 10 ? 1 : rest) === Number(found.at(12))
}

function isSwiss(found: string): boolean {
  return weightedSum(digitsOf(found), SWISS_WEIGHTS) % 10 === 0
}

function isHealthNumber(found: string): boolean {
  const digits = digitsOf(found)
  return !/^(.)\1*$/.test(digits) && weightedModulo11(digits, HEALTH_WEIGHTS) % 11 === Number(digits.at(9))
}
