import type { NanoUsd } from '../../kit/money.ts'
import { bigintAt, type SqlRow } from './sql-values.ts'

const NANO_PER_USD = 1_000_000_000n

/**
 * Sums an amount as whole dollars and the rest, in two columns that `amountAt` puts together: SQLite refuses a sum of integers beyond
 * 64 bits, and two rows with an absurd amount must not take every other sum with them. Tokens are summed by `total`, which never refuses.
 *
 * @param amount a pair of columns, `<amount>_usd` and `<amount>_nano`
 */
export function sumOf(
  name: string,
  amount: 'cost' | 'charged' | 'saved' | 'shadow_cost',
  condition = 'true',
): string {
  return `coalesce(sum(${amount}_usd) filter (where ${condition}), 0) as ${name}_usd,
    coalesce(sum(${amount}_nano) filter (where ${condition}), 0) as ${name}_nano`
}

/** The pair of columns that `sumOf` needs of `<amount>_nano_usd`. */
export function splitAmount(amount: string): string {
  return `${amount}_nano_usd / ${NANO_PER_USD} as ${amount}_usd, ${amount}_nano_usd % ${NANO_PER_USD} as ${amount}_nano`
}

/** What `sumOf` has summed under a name. */
export function amountAt(row: SqlRow, name: string): NanoUsd {
  return bigintAt(row, `${name}_usd`) * NANO_PER_USD + bigintAt(row, `${name}_nano`)
}

/** Orders by an amount of `sumOf`, largest first. */
export function largestFirst(name: string): string {
  return `${name}_usd * 1e9 + ${name}_nano desc`
}
