import { z } from 'zod'
import { defineVerifier, NOTHING, PASS, reject, textOf } from './verifier.ts'

/** Every repetition is bounded, so that no text makes the search go over it more than a few times. */
const NUMBER = String.raw`[$€£]?\d{1,15}(?:,\d{3}){0,4}(?:\.\d{1,10})?`
const SIGN = String.raw`[+\-−–*×·/÷]`
/**
 * `12 + 3.5 × 2 = 19`, standing alone: not behind an operator, a power or the end of a bracket, and not as the beginning of something longer. What
 * could be meant otherwise is left out: a wrong suspicion costs an answer.
 */
const EQUATION = new RegExp(
  String.raw`(?<![\p{L}\d_.,$€£])(?<![\d^%){}\]\\+\-−–*×·/÷]\s{0,2})` +
    String.raw`(${NUMBER}(?:\s{0,2}${SIGN}\s{0,2}${NUMBER}){1,8})\s{0,2}=\s{0,2}([-−]?${NUMBER})` +
    String.raw`(?![\d,.]?\d|[:\p{L}]|\s{0,2}(?:${SIGN}\s{0,2}[\d(]|[\^%!({\[\\=]|\p{L}{1,12}\s{0,2}\d))`,
  'gu',
)
const PART = new RegExp(String.raw`(${NUMBER})\s{0,2}(${SIGN})?`, 'gu')
/** What sums of the platform's numbers may be off by, as a share. */
const FLOAT_ERROR = 1e-12
/** The most that is looked at in one answer. */
const MOST_EQUATIONS = 1_000

/** That sums in the text are right. In answers with calculations this finds many of those that come to a wrong end. */
export const arithmetic = defineVerifier({
  name: 'arithmetic',
  summary: 'that calculations of the kind 2 + 3 = 5 in the text are right',
  reasons: { 'wrong-sum': 'A calculation in the answer is wrong.' },
  options: z.strictObject({}),
  judgesBeginnings: true,
  judge: ({ choice: { blocks } }) => {
    let found = 0
    let wrong = 0
    for (const [, left = '', right = ''] of textOf(blocks).matchAll(EQUATION)) {
      found += 1
      if (!isRight(left, right)) wrong += 1
      if (found === MOST_EQUATIONS) break
    }
    if (wrong > 0) return reject('wrong-sum', `${wrong} of ${found} wrong`)
    return found === 0 ? NOTHING : PASS
  },
})

function isRight(left: string, right: string): boolean {
  const value = valueOf(left)
  if (!Number.isFinite(value)) return true
  const said = toNumber(right)
  const unit = 10 ** -(right.split('.')[1]?.length ?? 0)
  const error = Math.abs(value - said)
  // A quotient may be cut off instead of rounded; everything else is right as far as it is written.
  if (/[/÷]/.test(left)) return error < unit
  return error <= unit / 2 + Math.abs(value) * FLOAT_ERROR
}

/** The value of a chain of numbers, products before sums. */
function valueOf(chain: string): number {
  let sum = 0
  let product = 0
  let pending = '+'
  for (const [, written = '', next = ''] of chain.matchAll(PART)) {
    const value = toNumber(written)
    if (isTimes(pending)) product *= value
    else if (isOver(pending)) product /= value
    else {
      sum += product
      product = pending === '+' ? value : -value
    }
    pending = next
  }
  return sum + product
}

function isTimes(sign: string): boolean {
  return sign === '*' || sign === '×' || sign === '·'
}

function isOver(sign: string): boolean {
  return sign === '/' || sign === '÷'
}

function toNumber(written: string): number {
  return Number(written.replace('−', '-').replaceAll(/[,$€£]/g, ''))
}
