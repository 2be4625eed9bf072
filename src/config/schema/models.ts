import { z } from 'zod'
import { MODEL_OPERATIONS } from '../../exchange/operations/all.ts'
import { concurrentSchema } from './guards.ts'
import { countSchema, daySchema, decimalSchema, flagSchema, modelSchema } from './values.ts'

const TIMES = 'a number above 0 such as 0.5 or 2'

const RATES = 'either times, or input and output'

/** Whatever is left out is charged as its plain sibling, as in the price itself. */
const tierSchema = z
  .strictObject(
    {
      times: decimalSchema
        .refine((times) => Number(times) > 0, { error: TIMES })
        .optional()
        .describe('How many times the usual price of a token; or, in its place:'),
      input: decimalSchema.optional().describe('US dollars for input tokens.'),
      output: decimalSchema.optional().describe('US dollars for output tokens.'),
      cache_read: decimalSchema.optional().describe('For input read from the cache.'),
      cache_write: decimalSchema.optional().describe('For input written to the cache.'),
      cache_write_long: decimalSchema.optional().describe('For input written with a long lifetime.'),
    },
    { error: RATES },
  )
  .transform(({ times, ...rates }, context) => {
    const { input, output } = rates
    if (times !== undefined && Object.keys(rates).length === 0) return { times }
    if (times === undefined && input !== undefined && output !== undefined) return { ...rates, input, output }
    context.addIssue({ code: 'custom', message: RATES })
    return z.NEVER
  })

const TIER = 'a word such as priority or flex'
const tierNameSchema = z.string({ error: TIER }).regex(/^[\w.-]{1,60}$/, { error: TIER })

const priceSchema = z.strictObject({
  input: decimalSchema.describe('US dollars for input tokens.'),
  output: decimalSchema.describe('US dollars for output tokens.'),
  cache_read: decimalSchema.optional().describe('For input read from the cache; default: as input.'),
  cache_write: decimalSchema.optional().describe('For input written to the cache; default: as input.'),
  cache_write_long: decimalSchema
    .optional()
    .describe('For input written to the cache with a long lifetime; default: as cache_write.'),
  request: decimalSchema.optional().describe('US dollars for one request, whatever its size.'),
  web_search: decimalSchema.optional().describe('US dollars for one search that the provider runs.'),
  character: decimalSchema.optional().describe('US dollars for one character of text that is spoken.'),
  second: decimalSchema.optional().describe('US dollars for one second of sound or film.'),
  image: decimalSchema.optional().describe('US dollars for one image.'),
  search: decimalSchema.optional().describe('US dollars for one search, or one ranking of documents.'),
  page: decimalSchema.optional().describe('US dollars for one page.'),
  service_tiers: z
    .record(tierNameSchema, tierSchema)
    .optional()
    .describe(
      'What service costs that is not the usual one, by the word with which the answer tells it: a service_tier (priority, flex), a speed (fast) or an inference_geo (us). What is not listed has no known price.',
    ),
  per: z
    .enum(['1M', '1k', '1'], { error: '1M, 1k or 1' })
    .default('1M')
    .describe('How many tokens the prices are for.'),
})

const SHARE = 'a number from 0 to 1'

const overrideSchema = z.strictObject({
  price: priceSchema.optional().describe('Your own price; replaces the catalogue.'),
  context: countSchema.optional().describe('Tokens that fit into the context window.'),
  max_input: countSchema.optional().describe('Most input tokens, where that is less than the context.'),
  max_output: countSchema.optional().describe('Most output tokens of one answer.'),
  default_output: countSchema
    .optional()
    .describe(
      'Output tokens asked for, and held money for, where a client names no limit; default: max_output.',
    ),
  operations: z
    .array(z.enum(MODEL_OPERATIONS))
    .min(1, { error: 'at least one operation' })
    .optional()
    .describe('What it can be asked for; default: what its name and its provider tell.'),
  cached_from: countSchema
    .optional()
    .describe('Tokens of the shortest prompt that its provider caches; default: 1024.'),
  concurrent: concurrentSchema
    .optional()
    .describe('Most attempts under way at a time; over it the next target is asked at once.'),
  quality: z
    .number({ error: SHARE })
    .min(0, { error: SHARE })
    .max(1, { error: SHARE })
    .optional()
    .describe(
      'How good its answers are beside those of others, 0 to 1; by it auto and the strategy good-enough go. Default: by rule of thumb, from its price.',
    ),
  tools: flagSchema.optional().describe('Can it call tools?'),
  vision: flagSchema.optional().describe('Does it read images?'),
  documents: flagSchema.optional().describe('Does it read documents?'),
  audio: flagSchema.optional().describe('Does it hear audio?'),
  speech: flagSchema.optional().describe('Can its answers be spoken?'),
  json_schema: flagSchema.optional().describe('Can its output be bound to a JSON Schema?'),
  sampling: z
    .union([flagSchema, z.literal('unless-reasoning')], { error: 'true, false or unless-reasoning' })
    .optional()
    .describe('Does it take temperature, top_p and the like?'),
  retires: daySchema.optional().describe('The day on which the provider retires it, as 2027-07-24.'),
  successor: modelSchema
    .optional()
    .describe("The model that its provider recommends in its place, by the provider's name."),
  prefill: flagSchema.optional().describe('May the last turn be the beginning of the answer?'),
  reasoning: z
    .enum(['effort', 'adaptive', 'budget', 'none'])
    .optional()
    .describe('How it is told to reason.'),
  efforts: z
    .array(z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']))
    .min(1, { error: 'at least one effort' })
    .optional()
    .describe('The efforts that it knows, from least to most.'),
  effort_beside_tools: z
    .enum(['any', 'unnamed', 'none'])
    .optional()
    .describe('Beside tools: any effort, none by name (unnamed), or the effort none only.'),
})

/** Under a plain name: an alias. Under `provider/model`: what is known about that model. */
export const modelEntrySchema = z
  .union([modelSchema, z.array(modelSchema).min(1, { error: 'at least one model' }), overrideSchema])
  .describe('An alias (one model, or several in order), or facts about provider/model.')

export type ModelEntry = z.output<typeof modelEntrySchema>
export type ModelOverride = z.output<typeof overrideSchema>
export type ServiceTierConfig = z.output<typeof tierSchema>
export type PriceConfig = z.output<typeof priceSchema>
