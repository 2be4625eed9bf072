import { parse } from 'yaml'
import { z } from 'zod'
import { DRILL_FAULT_KINDS } from '../../exchange/drill.ts'
import type { Json } from '../../kit/json.ts'

const HOURS = z.number().min(0)
const range = z.tuple([z.number(), z.number()])

const modelSchema = z.strictObject({
  first: z.number(),
  speed: z.number(),
  tokens: z.number(),
  cached: z.number(),
  poor: z.number().default(0),
})

const incidentSchema = z.strictObject({
  provider: z.string(),
  kind: z.enum(DRILL_FAULT_KINDS),
  workday: z.int().min(0),
  at: z.number(),
  hours: HOURS,
})

const applicationSchema = z.strictObject({
  key: z.string(),
  route: z.string(),
  form: z.enum(['chat', 'messages', 'json', 'embed']),
  perDay: z.number(),
  weekend: z.number(),
  at: z.int().optional(),
  turns: range,
  input: range,
  stream: z.boolean(),
  session: z.string().optional(),
  users: z.array(z.string()).default([]),
  customers: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
  feedback: z.number(),
  headers: z.record(z.string(), z.string()),
  system: z.string().optional(),
  prompts: z.array(z.string()).min(1),
})

const keySchema = z
  .object({ ago: HOURS, name: z.string(), revoked: HOURS.optional(), expires: HOURS.optional() })
  .catchall(z.json())

const editSchema = z.strictObject({ ago: HOURS, now: z.string(), before: z.string() })

const changeSchema = z.strictObject({
  ago: HOURS,
  by: z.string(),
  comment: z.string(),
  section: z.string().optional(),
  name: z.string().optional(),
  value: z.json().optional(),
  back: z.literal(true).optional(),
})

const raiseSchema = z.strictObject({
  ago: HOURS,
  scope: z.string(),
  owner: z.string(),
  per: z.string(),
  usd: z.number(),
  hours: HOURS,
  reason: z.string(),
  by: z.string(),
})

const storySchema = z.strictObject({
  days: z.int(),
  models: z.record(z.string(), modelSchema),
  refused: z.number(),
  overloaded: z.number(),
  incidents: z.array(incidentSchema),
  applications: z.array(applicationSchema),
  keys: z.array(keySchema),
  edits: z.array(editSchema),
  changes: z.array(changeSchema),
  raises: z.array(raiseSchema),
  drills: z.array(z.strictObject({ ago: HOURS, name: z.string() })),
})

/** What happened in the demo workspace (`story.yaml`): how its providers did, who asked for what, and what its operators changed. */
export type Story = z.output<typeof storySchema>
export type Application = Story['applications'][number]

/** Reads a story. Throws ZodError where it is none. */
export function readStory(text: string): Story {
  const value: Json = parse(text)
  return storySchema.parse(value)
}
