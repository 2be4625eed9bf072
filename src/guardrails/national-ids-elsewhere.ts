import { digitsOf, isDayOfMonth, isLuhn, isVerhoeff, weightedModulo11, weightedSum } from './checksums.ts'
import type { NationalId } from './national-id.ts'

const CHINESE_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
const CHINESE_CHECKS = '10X98765432'
const MEXICAN_CHARACTERS = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ'
const KOREAN_WEIGHTS = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
const CHILEAN_WEIGHTS = [2, 3, 4, 5, 6, 7, 2, 3]

/** Numbers of people in other parts of the world. */
export const OTHER_IDS: Readonly<Record<string, NationalId>> = {
  brazil: {
    pattern: /\d{3}\.\d{3}\.\d{3}-\d{2}|\d{11}/g,
    isRight: isCpf,
    behind: /cpf/i,
    free: /\./,
  },
  canada: {
    pattern: /\d{3}[ -]?\d{3}[ -]?\d{3}/g,
    isRight: (found) => isLuhn(digitsOf(found)),
    behind: /(?:\bsin\b|social insurance|\bnas\b)/i,
  },
  chile: { pattern: /\d{1,2}\.\d{3}\.\d{3}-[\dkK]/g, isRight: isRut },
  china: { pattern: /[1-9]\d{16}[\dXx]/g, isRight: isResidentNumber },
  india: {
    pattern: /[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}/g,
    isRight: (found) => isVerhoeff(digitsOf(found)),
    behind: /(?:aadhaar|aadhar|uidai)/i,
  },
  korea: { pattern: /\d{6}-[1-8]\d{6}/g, isRight: isKorean },
  mexico: { pattern: /[A-Z]{4}\d{6}[HMX][A-Z]{5}[0-9A-Z]\d/g, isRight: isCurp },
  'south-africa': { pattern: /\d{6} ?\d{4} ?[01]\d{2}/g, isRight: isSouthAfrican },
  turkey: { pattern: /[1-9]\d{10}/g, isRight: isKimlik, behind: /(?:\btc\b|t\.c\.|kimlik|tckn)/i },
  'united-states': {
    pattern: /\d{3}-\d{2}-\d{4}/g,
    isRight: (found) => !/^(?:000|666|9)|-00-|-0000$/.test(found),
    behind: /(?:ssn|social security)/i,
  },
}

function isCpf(found: string): boolean {
  const digits = digitsOf(found)
  if (/^(.)\1*$/.test(digits)) return false
  return [9, 10].every((length) => {
    const weights = Array.from({ length }, (_, place) => length + 1 - place)
    return ((weightedSum(digits, weights) * 10) % 11) % 10 === Number(digits.charAt(length))
  })
}

function isRut(found: string): boolean {
  const [number = '', check = ''] = found.replaceAll('.', '').split('-')
  const rest = weightedModulo11(number.split('').reverse().join(''), CHILEAN_WEIGHTS)
  return (rest === 10 ? 'K' : String(rest % 11)) === check.toUpperCase()
}

function isResidentNumber(found: string): boolean {
  const isDay = isDayOfMonth(Number(found.slice(12, 14)), Number(found.slice(10, 12)))
  const isYear = /^(?:18|19|20)/.test(found.slice(6))
  const check = CHINESE_CHECKS.charAt(weightedSum(found, CHINESE_WEIGHTS) % 11)
  return isDay && isYear && check === found.at(17)?.toUpperCase()
}

function isKorean(found: string): boolean {
  const digits = digitsOf(found)
  const isDay = isDayOfMonth(Number(digits.slice(4, 6)), Number(digits.slice(2, 4)))
  return isDay && weightedModulo11(digits, KOREAN_WEIGHTS) % 10 === Number(digits.at(12))
}

function isCurp(found: string): boolean {
  const isDay = isDayOfMonth(Number(found.slice(8, 10)), Number(found.slice(6, 8)))
  const sum = found
    .slice(0, 17)
    .split('')
    .reduce((total, character, place) => total + MEXICAN_CHARACTERS.indexOf(character) * (18 - place), 0)
  return isDay && (10 - (sum % 10)) % 10 === Number(found.at(17))
}

function isSouthAfrican(found: string): boolean {
  const digits = digitsOf(found)
  return isDayOfMonth(Number(digits.slice(4, 6)), Number(digits.slice(2, 4))) && isLuhn(digits)
}

function isKimlik(found: string): boolean {
  const odd = weightedSum(found, [1, 0, 1, 0, 1, 0, 1, 0, 1])
  const even = weightedSum(found, [0, 1, 0, 1, 0, 1, 0, 1])
  const tenth = (((odd * 7 - even) % 10) + 10) % 10
  return tenth === Number(found.at(9)) && (odd + even + tenth) % 10 === Number(found.at(10))
}
