import { z } from 'zod'
import { CIRCUIT_RULES } from '../../routing/circuit.ts'
import { timeLimitSchema } from './values.ts'

const FAULTS = 'a whole number from 2 to 1000'

/** A default as the file would say it, so that the reference can show it. */
function seconds(ms: number): string {
  return `${ms / 1_000}s`
}

/** When a target that fails is left alone, and for how long. */
export const healthSchema = z
  .strictObject({
    faults: z
      .int({ error: FAULTS })
      .min(2, { error: FAULTS })
      .max(1_000, { error: FAULTS })
      .default(CIRCUIT_RULES.faults)
      .describe('Faults in a row, met by more than one caller, after which a target rests for everybody.'),
    first_rest: timeLimitSchema
      .prefault(seconds(CIRCUIT_RULES.firstRestMs))
      .describe('How long it rests at first. It doubles with every failed try after a rest.'),
    longest_rest: timeLimitSchema
      .prefault(seconds(CIRCUIT_RULES.longestRestMs))
      .describe(
        'The longest rest, and so how long a provider that is well again may wait for its first request.',
      ),
  })
  .refine(({ first_rest: first, longest_rest: longest }) => first <= longest, {
    path: ['first_rest'],
    error: `no more than longest_rest (default: ${seconds(CIRCUIT_RULES.longestRestMs)})`,
  })
  .describe('When a target that fails is left alone, and for how long.')

export type HealthConfig = z.output<typeof healthSchema>
