import { z } from 'zod'
import { parseDuration } from '../../kit/duration.ts'
import { nameSchema, textSchema } from './values.ts'

const RETENTION = 'zero, or a time such as 30d'
const REGION = 'a region such as eu or eu-central-1, or a list of them'
const DATA_POLICY = 'no-training or training'

/** How long a provider keeps what it is sent: `zero` → 0, `30d` → milliseconds. */
export const retentionSchema = z
  .string({ error: RETENTION })
  .refine((text) => text === 'zero' || (parseDuration(text) ?? 0) > 0, { error: RETENTION })
  .transform((text) => (text === 'zero' ? 0 : (parseDuration(text) ?? 0)))

/** What a provider may do with what it is sent. */
export const dataPolicySchema = z.enum(['no-training', 'training'], { error: DATA_POLICY })

/** Words of the operator for providers. */
export const tagsSchema = z.array(nameSchema).min(1, { error: 'at least one tag' }).max(32)

const regionSchema = z
  .union([textSchema, z.array(textSchema).min(1, { error: 'at least one region' })], { error: REGION })
  .transform((regions) => (typeof regions === 'string' ? [regions] : regions))

/** What can be wanted of a target, because its provider is so. */
export const onlyMembers = {
  region: regionSchema
    .optional()
    .describe(
      'The region of the provider, or one that it lies in: eu covers eu-central-1. One of a list is enough.',
    ),
  retention: retentionSchema
    .optional()
    .describe('The provider keeps what it is sent for no longer than this: zero, or a time such as 30d.'),
  data_policy: z
    .literal('no-training', { error: 'no-training' })
    .optional()
    .describe('The provider does not train on what it is sent.'),
  providers: z
    .array(nameSchema)
    .min(1, { error: 'at least one provider' })
    .optional()
    .describe('It is one of these providers.'),
  tags: tagsSchema.optional().describe('The provider has all of these tags.'),
}

/** What every target must fulfil, whatever leads to it. */
export const onlySchema = z
  .strictObject(onlyMembers)
  .refine((only) => Object.values(only).some((wanted) => wanted !== undefined), {
    error: 'at least one constraint',
  })
