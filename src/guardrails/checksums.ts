/** The digits of a text, without what stands between them. */
export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '')
}

/** Are the digits at a place those behind the point of a number? A comma stands between columns too, so it counts behind nought only. */
export function isFraction(text: string, at: number): boolean {
  return /\d\.$|(?<!\d)0,$/.test(text.slice(Math.max(0, at - 3), at))
}

/** The check of payment cards (ISO/IEC 7812-1). */
export function isLuhn(digits: string): boolean {
  let sum = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - ZERO
    const doubled = place % 2 === 0 ? digit : digit * 2
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}

const ZERO = 48
/** Letters count from ten (ISO 7064). */
const LETTERS_FROM = 55

/** The remainder by 97 of a number whose letters stand for two digits each (ISO 7064). */
export function modulo97(text: string): number {
  let rest = 0
  for (let place = 0; place < text.length; place += 1) {
    const code = text.charCodeAt(place)
    rest = code >= 65 ? (rest * 100 + (code - LETTERS_FROM)) % 97 : (rest * 10 + (code - ZERO)) % 97
  }
  return rest
}

/** The sum of digits, each by its weight; what has no weight does not count. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, place) => sum + weight * (digits.charCodeAt(place) - ZERO), 0)
}

/** The check of ISO 7064 over ten digits and their eleventh (mod 11,10). */
export function isModulo11And10(digits: string): boolean {
  let product = 10
  for (const digit of digits.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return (11 - product) % 10 === Number(digits.at(-1))
}

/** Can day and month be those of a date? */
export function isDayOfMonth(day: number, month: number): boolean {
  return day >= 1 && day <= 31 && month >= 1 && month <= 12
}

/** Eleven less the remainder by eleven of a weighted sum: the check of many countries, where ten and eleven mean what each makes of them. */
export function weightedModulo11(digits: string, weights: readonly number[]): number {
  return 11 - (weightedSum(digits, weights.slice(0, digits.length)) % 11)
}

const VERHOEFF_PERMUTATION = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
]

/** The check of Verhoeff: products in the group of the ten symmetries of a pentagon. */
export function isVerhoeff(digits: string): boolean {
  let check = 0
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - place) - ZERO
    check = pentagonProduct(check, Number(VERHOEFF_PERMUTATION[place % 8]?.charAt(digit)))
  }
  return check === 0
}

/** Numbers below five turn, the others mirror. */
function pentagonProduct(left: number, right: number): number {
  if (left < 5) return right < 5 ? (left + right) % 5 : 5 + ((left + right) % 5)
  return right < 5 ? 5 + ((left - right + 5) % 5) : (left - right + 5) % 5
}
