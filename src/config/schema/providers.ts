import { z } from 'zod'
import { formatDuration } from '../../kit/duration.ts'
import { PATIENT_TIMEOUTS, USUAL_TIMEOUTS } from '../../providers/default-timeouts.ts'
import {
  flagSchema,
  headerNameSchema,
  nameSchema,
  secretSchema,
  textSchema,
  timeLimitSchema,
  urlSchema,
} from './values.ts'

const count = z.int({ error: 'a whole number ≥ 0' }).min(0, { error: 'a whole number ≥ 0' })

/** One credential of a pool. */
const credentialSchema = z.strictObject({
  name: nameSchema.describe('How the credential is called in the log and on screens.'),
  value: secretSchema.describe('The key itself, as env:NAME or file:/path.'),
  weight: z
    .number({ error: 'a number > 0' })
    .positive({ error: 'a number > 0' })
    .max(1_000_000, { error: 'a number of at most 1000000' })
    .default(1)
    .describe('Share of the requests that use it, relative to the others.'),
})

const usual = (limit: keyof typeof USUAL_TIMEOUTS): string => formatDuration(USUAL_TIMEOUTS[limit])
const PATIENT_WHERE = `${formatDuration(PATIENT_TIMEOUTS.firstByteMs)} where the model is known to reason, the request asks it to, or the server is your own`

const timeoutSchema = z.strictObject({
  connect: timeLimitSchema
    .optional()
    .describe(`Until the connection stands, TLS included. Default: ${usual('connectMs')}.`),
  first_token: timeLimitSchema
    .optional()
    .describe(
      `Until the first token of a stream. Default: ${usual('firstByteMs')}; ${PATIENT_WHERE}; more where the model was seen to take longer.`,
    ),
  idle: timeLimitSchema
    .optional()
    .describe(
      `Longest silence: between two tokens of a stream (default: ${usual('idleMs')}; ${PATIENT_WHERE}), and of a whole answer, before it and within it (default: ${usual('silenceMs')}).`,
    ),
  total: timeLimitSchema.optional().describe(`For one attempt as a whole. Default: ${usual('totalMs')}.`),
})

/** Declared peculiarities of a server's wire; the words are those of its API. */
const quirksSchema = z.strictObject({
  drop_params: z.array(textSchema).optional().describe('Request fields to leave out.'),
  rename_params: z.record(textSchema, textSchema).optional().describe('Request fields to rename.'),
  max_tokens_param: textSchema.optional().describe('Name of the field that limits the output.'),
  developer_role: z.enum(['developer', 'system']).optional().describe('The role that developer turns get.'),
  reasoning_field: textSchema.optional().describe('Field of a message that carries reasoning text.'),
  think_tags: flagSchema
    .optional()
    .describe('True where reasoning comes in the text, between <think> tags at its beginning.'),
  echo_reasoning: z.enum(['never', 'tool-calls']).optional().describe('Which past reasoning is sent back.'),
  reasoning_param: z
    .enum(['reasoning_effort', 'thinking-type', 'none'])
    .optional()
    .describe('How reasoning effort is asked for.'),
  reasoning_tokens: z
    .enum(['inside', 'outside'])
    .optional()
    .describe('Whether reasoning is counted inside the reported output tokens.'),
  tool_choice: z
    .enum(['words', 'unheard'])
    .optional()
    .describe('words where tools cannot be chosen by name, unheard where a choice is not listened to.'),
  tool_choice_required: textSchema.optional().describe('The word for "some tool must be called".'),
  stream_options: flagSchema.optional().describe('False where stream_options is refused.'),
  structured_output: z
    .enum(['json-schema', 'json-schema-only', 'json-object', 'none'])
    .optional()
    .describe('What structured output can do.'),
  strict_tools: flagSchema.optional().describe('False where strict tools are refused.'),
  tools: flagSchema.optional().describe('False where tools are refused.'),
  image_urls: flagSchema.optional().describe('False where images must be sent inline.'),
  alternate_turns: flagSchema.optional().describe('True where turns must alternate.'),
  max_temperature: z.number({ error: 'a number' }).optional().describe('Highest temperature.'),
  max_stops: count.optional().describe('Most stop sequences.'),
  conformant: flagSchema.optional().describe('False when streams deviate from the dialect and need repair.'),
  shared_call_index: flagSchema
    .optional()
    .describe('True where tool calls of a stream may share an index; such streams are repaired.'),
  keep_attribution: flagSchema
    .optional()
    .describe('True where client attribution lines in the system prompt must reach the provider.'),
  keeps: z
    .array(textSchema)
    .optional()
    .describe('Fields that stand for what the server keeps and that it knows, such as thread or container.'),
  max_user_characters: count.optional().describe('Most characters of the name of the end user.'),
  image_types: z.array(textSchema).optional().describe('Media types of images that are taken as bytes.'),
  unsealed_reasoning: flagSchema.optional().describe('False where past reasoning without a seal is refused.'),
})

const longSchema = z.strictObject({
  type: nameSchema.optional().describe('The known provider that this is; default: the name itself.'),
  key: secretSchema.optional().describe('The key, as env:NAME or file:/path.'),
  keys: z
    .array(credentialSchema)
    .min(1, { error: 'at least one key' })
    .optional()
    .describe('Several keys, used in turn by weight.'),
  base_url: urlSchema.optional().describe("Replaces the provider's address."),
  region: textSchema.optional().describe('Region, where the provider has regions.'),
  timeout: timeoutSchema.optional().describe('Upper bounds of one attempt.'),
  headers: z
    .record(headerNameSchema, textSchema)
    .optional()
    .describe('Constant headers of every request to it; values may be env:NAME.'),
  quirks: quirksSchema.optional().describe('How a server of your own deviates from its dialect.'),
  dialects: z
    .array(textSchema)
    .min(1, { error: 'at least one dialect' })
    .optional()
    .describe('The dialects it speaks, best first; default: those of its type.'),
  settings: z
    .record(textSchema, textSchema)
    .optional()
    .describe("Parts of the provider's address, for example an account id."),
  enabled: flagSchema.default(true).describe('False takes it out of every route without deleting it.'),
})

/**
 * A provider, in short (`env:OPENAI_API_KEY`) or at length. An empty entry (`ollama:`) means "as detected".
 */
export const providerSchema = z
  .union([secretSchema, z.null(), longSchema])
  .transform((entry) => {
    if (entry === null) return longSchema.parse({})
    return typeof entry === 'string' ? longSchema.parse({ key: entry }) : entry
  })
  .describe('A key in short, or the provider at length.')

export type ProviderConfig = z.output<typeof providerSchema>
export type QuirksConfig = z.output<typeof quirksSchema>
