/**
 * What rows are written with: values that JSON can hold, because a batch travels to the writer as one text, which costs a
 * fraction of cloning its values one by one. The columns' types make integers of whole numbers and of decimal texts.
 */
export type WrittenValue = string | number | null

/** Characters of one name; a client may ask for a model of any. */
const MAX_NAME_CHARACTERS = 1_000

/** A name to write, clipped where it is absurd. */
export function toName(name: string): string {
  return name.length <= MAX_NAME_CHARACTERS ? name : name.slice(0, MAX_NAME_CHARACTERS)
}

/** An integer to write. Never refuses: one absurd number must not keep a whole batch out of the ledger. */
export function toInteger(value: number | undefined): WrittenValue {
  if (value === undefined) return null
  return Number.isFinite(value) ? Math.trunc(value) : 0
}

/** A fraction to write; what is not finite becomes 0. */
export function toReal(value: number | undefined): WrittenValue {
  if (value === undefined) return null
  return Number.isFinite(value) ? value : 0
}

const LARGEST_INTEGER = 2n ** 63n - 1n
const SMALLEST_INTEGER = -(2n ** 63n)
/** Between these a number holds every whole amount exactly. */
const LARGEST_EXACT = BigInt(Number.MAX_SAFE_INTEGER)
const SMALLEST_EXACT = -LARGEST_EXACT

/** An amount to write, held within 64 bits. */
export function toAmount(value: bigint | undefined): WrittenValue {
  if (value === undefined) return null
  if (value <= LARGEST_EXACT && value >= SMALLEST_EXACT) return Number(value)
  if (value < SMALLEST_INTEGER) return SMALLEST_INTEGER.toString()
  return (value > LARGEST_INTEGER ? LARGEST_INTEGER : value).toString()
}
