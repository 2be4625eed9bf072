import { z } from 'zod'
import { ALERT_KIND_NAMES, ALERT_SEVERITIES, MAIL_ENCRYPTIONS } from '../../exchange/alert.ts'
import { LIMITS } from '../../kit/limits.ts'
import { SERIES_DIMENSIONS } from '../../store/series.ts'
import {
  ageSchema,
  countSchema,
  durationSchema,
  flagSchema,
  nameSchema,
  portSchema,
  secretSchema,
  textSchema,
  timeLimitSchema,
  urlSchema,
  usdSchema,
} from './values.ts'

const BOUND = 'a bound in the unit of its measure, such as 5%, 2s, 100 or 2.50'
const boundSchema = z.union(
  [z.number({ error: BOUND }), z.string({ error: BOUND }).max(40, { error: BOUND })],
  { error: BOUND },
)
const SHARE = 'a share such as 80%'
const shareSchema = z.string({ error: SHARE }).regex(/^\d{1,3}(\.\d{1,4})?%$/, { error: SHARE })
const TIMES = 'a number above 1 such as 3'
const WEEKS = 'a whole number of weeks from 2 to 8'
const HOUR = 'a time of day such as 22:00'
const hourSchema = z
  .string({ error: HOUR })
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: HOUR })
  .transform((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
const ZONE = 'the name of a time zone such as Europe/Berlin or UTC'

const ADDRESS = 'an e-mail address'
const mailAddressSchema = z
  .string({ error: ADDRESS })
  .max(254, { error: ADDRESS })
  .regex(/^[^\s@<>",;]+@[^\s@<>",;]+$/, { error: ADDRESS })
const HOST = 'the name or the address of a server'

/** When something rings. Which of the words a kind takes is checked by the compiler, which knows them all. */
export const alertRuleSchema = z.strictObject({
  description: textSchema.optional().describe('What it is for, and what to do; it stands in the alert.'),
  kind: z
    .enum(ALERT_KIND_NAMES)
    .default('threshold')
    .describe('What it rings for; docs/alerts.md tells of each kind.'),
  severity: z
    .enum(ALERT_SEVERITIES)
    .default('warning')
    .describe('What is critical waits for no digest and no quiet hours.'),
  to: z
    .array(nameSchema)
    .max(LIMITS.alertChannels)
    .optional()
    .describe('Channels that are told, by name. Left out: all of them.'),
  for: durationSchema.prefault('0s').describe('How long it must hold before it rings.'),
  resolve_after: durationSchema
    .prefault('5m')
    .describe('How long it must hold no more before the alert is over.'),
  measure: z.string({ error: 'a measure' }).max(100).optional().describe('A measure of docs/series.md.'),
  when: z
    .string({ error: 'a query' })
    .max(LIMITS.queryCharacters)
    .optional()
    .describe('Which requests, in the language of docs/query.md. Left out: all.'),
  by: z
    .enum(SERIES_DIMENSIONS)
    .optional()
    .describe('Each of these is watched on its own, and rings on its own.'),
  above: boundSchema.optional().describe('Rings above this: 5%, 2s, 100, or US dollars such as 2.50.'),
  below: boundSchema.optional().describe('Rings below this.'),
  over: timeLimitSchema.optional().describe('The time that is looked at, back from now.'),
  at_least: countSchema
    .optional()
    .describe('Of fewer requests, or calls where the measure counts those, nothing is said.'),
  times: z
    .number({ error: TIMES })
    .gt(1, { error: TIMES })
    .max(1_000, { error: TIMES })
    .optional()
    .describe('spend-spike: rings beyond so many times the usual. Default: 3.'),
  floor: usdSchema
    .optional()
    .describe('spend-spike: US dollars below which nothing rings, however unusual. Default: 1.'),
  weeks: z
    .int({ error: WEEKS })
    .min(2, { error: WEEKS })
    .max(8, { error: WEEKS })
    .optional()
    .describe('spend-spike: the weeks whose same hours say what is usual. Default: 4.'),
  share: shareSchema.optional().describe('budget: rings from this share of it on. Default: 80%.'),
  of: z
    .array(textSchema)
    .min(1, { error: 'at least one owner' })
    .optional()
    .describe('budget and forecast: whose budgets, as project/name or key/name. Left out: all.'),
  unused_for: ageSchema
    .refine((ms) => Number.isFinite(ms), { error: 'an age such as 30d' })
    .optional()
    .describe('stale-keys: rings for keys that were not used for so long. Default: 30d.'),
  providers: z.array(nameSchema).min(1).optional().describe('resting: which providers. Left out: all.'),
  parts: z.array(textSchema).min(1).optional().describe('trouble: which parts. Left out: all.'),
  drills: z.array(nameSchema).min(1).optional().describe('drill: which drills. Left out: all.'),
})

/** Who is told. Which of the words a type takes is checked by the compiler. */
export const alertChannelSchema = z.strictObject({
  type: z.enum(['webhook', 'slack', 'teams', 'discord', 'pagerduty', 'email']).describe('How it is told.'),
  url: secretSchema
    .optional()
    .describe(
      'Where it is posted. Addresses of Slack, Teams and Discord are secrets: env:NAME or file:/path.',
    ),
  secret: secretSchema
    .optional()
    .describe('webhook: what it is signed with (Standard Webhooks), whsec_ and base64 behind it.'),
  routing_key: secretSchema.optional().describe('pagerduty: the integration key of the service.'),
  host: z
    .string({ error: HOST })
    .regex(/^[^\s/@]{1,253}$/, { error: HOST })
    .optional()
    .describe('email: the server.'),
  port: portSchema.optional().describe('email: its port. Default: 587; 465 with tls.'),
  encryption: z
    .enum(MAIL_ENCRYPTIONS)
    .optional()
    .describe('email: starttls (default), tls from the first byte, or none for a server of your own.'),
  user: textSchema.optional().describe('email: the name by which one signs in.'),
  password: secretSchema.optional().describe('email: its password.'),
  from: mailAddressSchema.optional().describe('email: the sender.'),
  recipients: z
    .array(mailAddressSchema)
    .min(1, { error: 'at least one address' })
    .max(LIMITS.alertRecipients)
    .optional()
    .describe('email: who gets it.'),
  private: flagSchema
    .default(false)
    .describe('It may be at an address of your own network, and need not be https.'),
  digest: timeLimitSchema.optional().describe('What comes within so long is told in one message.'),
  quiet: z
    .strictObject({
      from: hourSchema.describe('When they begin, such as 22:00.'),
      to: hourSchema.describe('When they end; of the next day where that is earlier.'),
      timezone: z
        .string({ error: ZONE })
        .refine(isZone, { error: ZONE })
        .default('UTC')
        .describe('In whose time.'),
    })
    .optional()
    .describe('Hours in which only what is critical is told; the rest is told in one message afterwards.'),
  resolved: flagSchema.default(true).describe('Whether it is told that an alert is over.'),
})

/** Who is told of what. */
export const alertsSchema = z
  .strictObject({
    dashboard_url: urlSchema
      .optional()
      .describe('Where readers of alerts reach the dashboard; left out: alerts hold no links.'),
    channels: z.record(nameSchema, alertChannelSchema).default({}).describe('Who is told, by name.'),
    rules: z.record(nameSchema, alertRuleSchema).default({}).describe('When something rings, by name.'),
  })
  .describe('Who is told of what. See docs/alerts.md.')

export type AlertRuleConfig = z.output<typeof alertRuleSchema>
export type AlertChannelConfig = z.output<typeof alertChannelSchema>

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
