import { z } from 'zod'
import { LIMITS } from '../../kit/limits.ts'
import { WEBHOOK_FORMATS } from '../../telemetry/sinks/webhook.ts'
import { sampleSchema } from './sample.ts'
import { flagSchema, headerNameSchema, secretSchema, timeLimitSchema, urlSchema } from './values.ts'

const REFERENCE = 'a reference to a secret: env:NAME or file:/path'

/** A secret that never stands in the file itself. */
const referenceSchema = secretSchema.regex(/^(env|file|stored):./, { error: REFERENCE })

const webhookSchema = z
  .strictObject({
    url: urlSchema.describe('Where records are posted.'),
    secret: referenceSchema
      .optional()
      .describe(
        'What deliveries are signed with, by Standard Webhooks: whsec_ and 24 to 64 bytes in base64. Left out: they are not signed.',
      ),
    headers: z
      .record(headerNameSchema, referenceSchema)
      .default({})
      .describe('Headers of each delivery, such as authorization: env:WEBHOOK_AUTHORIZATION.'),
    format: z
      .enum(WEBHOOK_FORMATS)
      .default('json')
      .describe('One object with the records as `data` (json), or a record on each line (jsonl).'),
  })
  .describe('Records are posted to somebody.')

const BUCKET = 'the name of a bucket: lower-case letters, digits, dots and dashes'
const REGION = 'a region such as eu-central-1, or auto'
const KEY_PREFIX = "letters, digits and ! _ . - ' ( ) = / without a slash at either end"

const objectStoreSchema = z
  .strictObject({
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { error: BUCKET })
      .describe('The bucket.'),
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/, { error: REGION })
      .default('us-east-1')
      .describe('Its region.'),
    endpoint: urlSchema
      .optional()
      .describe('Address of another store than Amazon’s that speaks S3, such as http://127.0.0.1:9000.'),
    path_style: flagSchema
      .optional()
      .describe('Is the bucket a part of the path? Left out: true where there is an endpoint.'),
    prefix: z
      .string({ error: KEY_PREFIX })
      .regex(/^[\w!.'()=-]+(\/[\w!.'()=-]+)*$/, { error: KEY_PREFIX })
      .max(200, { error: KEY_PREFIX })
      .default('gatehouse')
      .describe('What keys begin with; dt=…/hour=…/ and the name of the object follow.'),
    access_key: referenceSchema.describe('Id of the access key.'),
    secret_key: referenceSchema.describe('The secret of it.'),
    session_token: referenceSchema.optional().describe('Of keys that hold for a while.'),
  })
  .describe('Records are put into an object store, packed lines of JSON.')

const IDENTIFIER = 'a name of letters, digits and underscores'
const identifierSchema = z.string({ error: IDENTIFIER }).regex(/^[A-Za-z_]\w{0,99}$/, { error: IDENTIFIER })

const clickhouseSchema = z
  .strictObject({
    url: urlSchema.describe('Address of its HTTP interface, such as http://127.0.0.1:8123.'),
    database: identifierSchema.default('default').describe('Where the table is.'),
    table: identifierSchema.default('gatehouse_requests').describe('The table.'),
    user: referenceSchema.optional().describe('Who writes. Left out: the user `default`.'),
    password: referenceSchema.optional().describe('The password of that user.'),
    create: flagSchema.default(false).describe('Make the table where there is none.'),
  })
  .describe('Records are rows of a table in ClickHouse.')

const langfuseSchema = z
  .strictObject({
    url: urlSchema.default('https://cloud.langfuse.com').describe('Address of Langfuse.'),
    public_key: referenceSchema.describe('Public key of the project.'),
    secret_key: referenceSchema.describe('Secret key of the project.'),
    sample: sampleSchema.prefault({}),
  })
  .describe('Requests are traces in Langfuse.')

/** The kinds of sinks. */
const SINK_KINDS = ['webhook', 's3', 'clickhouse', 'langfuse'] as const

const BATCH = `a whole number from 1 to ${LIMITS.sinkRecords}`

/** One place where records of requests are sent. */
export const sinkSchema = z
  .strictObject({
    webhook: webhookSchema.optional(),
    s3: objectStoreSchema.optional(),
    clickhouse: clickhouseSchema.optional(),
    langfuse: langfuseSchema.optional(),
    every: timeLimitSchema
      .optional()
      .describe('How long records are gathered before they are sent. Left out: 60s for s3, else 5s.'),
    batch: z
      .int({ error: BATCH })
      .min(1, { error: BATCH })
      .max(LIMITS.sinkRecords, { error: BATCH })
      .optional()
      .describe(
        `The most that are sent at once. Left out: 100 for webhook, ${LIMITS.sinkRecords} for s3 and clickhouse, ${LIMITS.sinkBatch} for langfuse.`,
      ),
  })
  .refine((sink) => SINK_KINDS.filter((kind) => sink[kind] !== undefined).length === 1, {
    error: `exactly one of ${SINK_KINDS.join(', ')}`,
  })
  .describe('One of webhook, s3, clickhouse and langfuse.')

/** One sink of the file. */
export type SinkTerms = z.output<typeof sinkSchema>

const NAME =
  'a name of lower-case letters, digits, dots, dashes and underscores that does not begin with otlp'

/** Sinks by name. */
export const sinksSchema = z
  .record(z.string().regex(/^(?!otlp)[a-z0-9][a-z0-9._-]{0,99}$/, { error: NAME }), sinkSchema)
  .default({})
  .describe('Where the record of every request is sent, by a name of your choice.')
