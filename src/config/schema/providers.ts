import { z } from 'zod'
import type { CancelBilling } from '../../exchange/target.ts'
import { formatDuration } from '../../kit/duration.ts'
import { PATIENT_TIMEOUTS, USUAL_TIMEOUTS } from '../../providers/default-timeouts.ts'
import { breakerSchema, concurrentSchema } from './guards.ts'
import { dataPolicySchema, retentionSchema, tagsSchema } from './only.ts'
import { quirksSchema } from './quirks.ts'
import {
  countSchema,
  flagSchema,
  headerNameSchema,
  nameSchema,
  secretSchema,
  textSchema,
  timeLimitSchema,
  urlSchema,
} from './values.ts'

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
  rpm: countSchema
    .optional()
    .describe('Requests per minute that the provider allows it; as it comes near, others are used instead.'),
  tpm: countSchema.optional().describe('Tokens per minute that the provider allows it, likewise.'),
})

/** See `CancelBilling`. */
const CANCELLED = ['stops', 'bills-generated', 'bills-whole'] as const satisfies readonly CancelBilling[]

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

const longSchema = z.strictObject({
  type: nameSchema.optional().describe('The known provider that this is; default: the name itself.'),
  key: secretSchema.optional().describe('The key, as env:NAME or file:/path.'),
  keys: z
    .array(credentialSchema)
    .min(1, { error: 'at least one key' })
    .optional()
    .describe('Several keys, used in turn by weight.'),
  base_url: urlSchema.optional().describe("Replaces the provider's address."),
  region: textSchema
    .optional()
    .describe(
      'Region in which it works, which constraints (only.region) can ask for; part of its address where it has regions.',
    ),
  retention: retentionSchema
    .optional()
    .describe('For how long it keeps what it is sent, as far as you know: zero, or a time such as 30d.'),
  data_policy: dataPolicySchema
    .optional()
    .describe('Whether it trains on what it is sent, as far as you know: no-training or training.'),
  tags: tagsSchema
    .optional()
    .describe('Words of your own for it, which constraints (only.tags) can ask for.'),
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
  incident_domain: nameSchema
    .optional()
    .describe(
      'Entries with the same name here are slow or away together, and are never asked at once by a race or a hedge. Default: the address.',
    ),
  cancelled: z
    .enum(CANCELLED)
    .optional()
    .describe(
      'What it charges for a stream that is hung up on: what it sent until then (stops), what it wrote until then (bills-generated), or the whole answer (bills-whole). Default: what is known of its type, else the whole answer.',
    ),
  breaker: breakerSchema.optional(),
  concurrent: concurrentSchema
    .optional()
    .describe(
      'Most attempts under way there at a time, over all its models; over it the next target is asked at once.',
    ),
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
