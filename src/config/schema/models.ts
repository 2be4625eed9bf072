import { z } from 'zod'
import { countSchema, decimalSchema, flagSchema, modelSchema } from './values.ts'

const priceSchema = z.strictObject({
  input: decimalSchema.describe('US dollars for input tokens.'),
  output: decimalSchema.describe('US dollars for output tokens.'),
  cache_read: decimalSchema.optional().describe('For input read from the cache; default: as input.'),
  cache_write: decimalSchema.optional().describe('For input written to the cache; default: as input.'),
  cache_write_long: decimalSchema
    .optional()
    .describe('For input written to the cache with a long lifetime; default: as cache_write.'),
  request: decimalSchema.optional().describe('US dollars for one request, whatever its size.'),
  per: z
    .enum(['1M', '1k', '1'], { error: '1M, 1k or 1' })
    .default('1M')
    .describe('How many tokens the prices are for.'),
})

const overrideSchema = z.strictObject({
  price: priceSchema.optional().describe('Your own price; replaces the catalogue.'),
  context: countSchema.optional().describe('Tokens that fit into the context window.'),
  max_output: countSchema.optional().describe('Most output tokens of one answer.'),
  tools: flagSchema.optional().describe('Can it call tools?'),
  vision: flagSchema.optional().describe('Does it read images?'),
  documents: flagSchema.optional().describe('Does it read documents?'),
  audio: flagSchema.optional().describe('Does it hear audio?'),
  json_schema: flagSchema.optional().describe('Can its output be bound to a JSON Schema?'),
  sampling: flagSchema.optional().describe('Does it take temperature, top_p and the like?'),
  prefill: flagSchema.optional().describe('May the last turn be the beginning of the answer?'),
  reasoning: z
    .enum(['effort', 'adaptive', 'budget', 'none'])
    .optional()
    .describe('How it is told to reason.'),
})

/** Under a plain name: an alias. Under `provider/model`: what is known about that model. */
export const modelEntrySchema = z
  .union([modelSchema, z.array(modelSchema).min(1, { error: 'at least one model' }), overrideSchema])
  .describe('An alias (one model, or several in order), or facts about provider/model.')

export type ModelEntry = z.output<typeof modelEntrySchema>
export type ModelOverride = z.output<typeof overrideSchema>
export type PriceConfig = z.output<typeof priceSchema>
