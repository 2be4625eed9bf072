import { z } from 'zod'
import { CONTENT_MODES } from '../../exchange/content-record.ts'
import { ageSchema, flagSchema, sizeSchema } from './values.ts'

const MODE = 'none, redacted or full'
const modeSchema = z.enum(CONTENT_MODES, { error: MODE })

const RULE_NAME = 'a name, or the beginning of one with * at its end'
const rulesSchema = z
  .record(z.string().regex(/^[^*]{0,200}\*?$/, { error: RULE_NAME }), modeSchema)
  .default({})

const fieldsSchema = z.strictObject({
  keep: modeSchema
    .default('none')
    .describe(
      'What is kept where no route says otherwise: nothing, all but personal data and secrets, or all.',
    ),
  routes: rulesSchema.describe(
    'What is kept of the requests of routes, by the name of the route; a name wins over a beginning with *.',
  ),
  projects: rulesSchema.describe('No more than this is kept of the requests of a project.'),
  keys: rulesSchema.describe('No more than this is kept of the requests of a key, by its name.'),
  retention: ageSchema.prefault('7d').describe('How long content is kept, or forever.'),
  size: sizeSchema
    .prefault('1GB')
    .describe('How much room it takes, compressed, before the oldest goes, or unlimited.'),
  restore: flagSchema
    .default(false)
    .describe(
      'Whether operators may have values shown in it that guardrails have masked and remember. Each time leaves a line in the log of the process.',
    ),
})

/** How much of what is said is kept, of whom, and for how long. */
export const contentSchema = z
  .union([modeSchema.transform((keep) => fieldsSchema.parse({ keep })), fieldsSchema], {
    error: `${MODE}, or a map with keep, routes, projects, keys, retention, size and restore`,
  })
  .prefault('none')
  .describe('How much of what is said is kept: none, redacted or full, or a map that tells it by route.')
