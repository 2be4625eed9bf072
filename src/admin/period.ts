import { z } from 'zod'
import { parseMoment } from '../kit/moment.ts'

const MOMENT = 'a time such as 2026-11-20T12:00:00Z, a day such as 2026-11-20, or an age such as 24h or 30d'
const momentSchema = z
  .string()
  .max(40)
  .refine((text) => parseMoment(text, 0) !== undefined, { error: MOMENT })

/** Query parameters of whatever is told of a time. */
export const PERIOD_QUERY = {
  from: momentSchema.default('30d').describe(`Begin: ${MOMENT}.`),
  to: momentSchema.optional().describe('End, exclusive; default: now.'),
}

/** The same where everything is meant that is not said otherwise. */
export const OPEN_PERIOD_QUERY = {
  from: momentSchema.optional().describe(`Begin: ${MOMENT}; default: as far back as anything is kept.`),
  to: PERIOD_QUERY.to,
}

/** A time, its end exclusive; milliseconds since the epoch. */
export interface Period {
  readonly fromMs: number
  readonly toMs: number
}

/** The time that checked query parameters name. */
export function readPeriod(
  { from, to }: { readonly from: string; readonly to?: string | undefined },
  nowMs: number,
): Period {
  return {
    fromMs: parseMoment(from, nowMs) ?? 0,
    toMs: to === undefined ? nowMs + 1 : (parseMoment(to, nowMs) ?? nowMs),
  }
}
