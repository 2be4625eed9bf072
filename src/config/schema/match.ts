import { z } from 'zod'
import { OPERATION_NAMES } from '../../exchange/operations/all.ts'
import { modelPatternSchema, nameSchema, textSchema } from './values.ts'

/** Of each list one is enough; of tags all. */
const list = <Item extends z.ZodType>(item: Item) =>
  z.array(item).min(1, { error: 'at least one' }).max(100, { error: 'at most 100' }).optional()

const factsSchema = z
  .strictObject({
    models: list(modelPatternSchema).describe(
      'It asks for one of these names; gpt-4* covers all that begin so.',
    ),
    endpoints: list(z.enum(OPERATION_NAMES)).describe('It asks for one of these: chat, embed, …'),
    dialects: list(textSchema).describe(
      'It asks in one of these languages, by the names of docs/clients.md.',
    ),
    keys: list(nameSchema).describe('It comes with a key of one of these names.'),
    projects: list(nameSchema).describe('Its key belongs to one of these projects.'),
    tags: list(textSchema).describe('It has all of these tags.'),
    when: textSchema.optional().describe('And this holds, a condition in CEL.'),
  })
  .refine((said) => Object.values(said).some((one) => one !== undefined), {
    error: 'at least one of models, endpoints, dialects, keys, projects, tags and when',
  })

/** Which requests a route takes whatever name they ask for. */
export const matchSchema = z
  .union([textSchema, factsSchema])
  .transform((said) => (typeof said === 'string' ? { when: said } : said))
  .describe(
    'Take the requests for which this holds, whatever name they ask for: a condition in CEL over what is known before there is a route (docs/conditions.md), or some facts, all of which must hold. Routes are asked in the order of the file, before names are.',
  )

export type MatchConfig = z.input<typeof factsSchema>
