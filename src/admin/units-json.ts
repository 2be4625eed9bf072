import { z } from 'zod'
import { TOKEN_UNITS, UNIT_NAMES, unitFacts, type Counts, type Unit } from '../exchange/units.ts'
import type { JsonObject } from '../kit/json.ts'
import { underscored } from '../kit/underscored.ts'

/** Usage unit by unit: tokens of every kind, and of what is no token whatever there is. */
export function toCountsJson(counts: Counts): JsonObject {
  const json: Record<string, number> = {}
  for (const unit of TOKEN_UNITS) json[underscored(unit)] = counts[unit]
  for (const unit of UNIT_NAMES) if ((counts[unit] ?? 0) > 0) json[underscored(unit)] = counts[unit] ?? 0
  return json
}

/** What `toCountsJson` gives. */
export const COUNTS_SHAPE: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  UNIT_NAMES.map((unit) => [underscored(unit), countSchema(unit)]),
)

function countSchema(unit: Unit): z.ZodType {
  const { side, says } = unitFacts(unit)
  const text = `${says.charAt(0).toUpperCase()}${says.slice(1)}.`
  return side === undefined ? z.int().optional().describe(text) : z.int().describe(text)
}
