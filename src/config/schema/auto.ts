import { z } from 'zod'
import { nameSchema, textSchema, timeLimitSchema, modelSchema } from './values.ts'

/** How much of quality a caller gives up for money, by the word behind `auto:`. */
export const PROFILES = ['cheap', 'balanced', 'best'] as const
export type Profile = (typeof PROFILES)[number]

const SHARE = 'a number from 0 to 1'
const USD = 'US dollars above 0'

const taskSchema = z.strictObject({
  name: nameSchema.describe('How decisions and reports call it.'),
  when: textSchema
    .optional()
    .describe('A condition in CEL over the facts of docs/conditions.md. The last task has none.'),
  quality: z
    .number({ error: SHARE })
    .min(0, { error: SHARE })
    .max(1, { error: SHARE })
    .describe('What it wants of the quality of a model, 0 to 1.'),
  max_cost: z
    .number({ error: USD })
    .gt(0, { error: USD })
    .optional()
    .describe('US dollars that an answer should not cost more than.'),
  max_ttft: timeLimitSchema
    .optional()
    .describe('Time after which an answer should have begun, as far as that was measured.'),
})

/** The section `auto`. */
export const autoSchema = z
  .strictObject({
    targets: z
      .array(modelSchema)
      .min(1, { error: 'at least one model' })
      .describe('The models that auto may choose among, as provider/model or alias.'),
    profile: z
      .enum(PROFILES)
      .default('balanced')
      .describe('What the plain name auto stands for: auto:cheap, auto:balanced or auto:best.'),
    tasks: z
      .array(taskSchema)
      .min(1, { error: 'at least one task' })
      .optional()
      .describe(
        'Classes of requests, the first of which is taken whose condition holds, each with what it wants. Default: simple, demanding and ordinary ones, told apart by rule of thumb.',
      ),
  })
  .describe('What the model names auto, auto:cheap, auto:balanced and auto:best choose among, and by what.')

export type AutoConfig = z.output<typeof autoSchema>
export type TaskConfig = z.output<typeof taskSchema>
