import { z } from 'zod'
import { CIRCUIT_RULES } from '../../routing/circuit.ts'
import { timeLimitSchema } from './values.ts'

const FAULTS = 'a whole number from 2 to 1000'

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
      .default(CIRCUIT_RULES.firstRestMs)
      .describe('How long it rests at first. It doubles with every failed try after a rest.'),
    longest_rest: timeLimitSchema
      .default(CIRCUIT_RULES.longestRestMs)
      .describe(
        'The longest rest, and so how long a provider that is well again may wait for its first request.',
      ),
  })
  .describe('When a target that fails is left alone, and for how long.')

export type HealthConfig = z.output<typeof healthSchema>
