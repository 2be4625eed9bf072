import { billedTokens, OTHER_UNITS, unitFacts, type Counts } from '../exchange/units.ts'

/** What was used, in short: all tokens of either side, and whatever is counted in no tokens: `12→5, 3 searches`. */
export function usageText(counts: Counts): string {
  const others = OTHER_UNITS.flatMap((unit) => {
    const count = counts[unit] ?? 0
    return count > 0 ? [`${count} ${unitFacts(unit).says}`] : []
  })
  return [`${billedTokens(counts, 'input')}→${billedTokens(counts, 'output')}`, ...others].join(', ')
}
