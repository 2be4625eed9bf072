import { z } from 'zod'
import { durationSchema, portSchema, secretSchema, textSchema } from './values.ts'

const ORIGIN = 'an origin such as https://app.example or http://localhost:3000, or "*"'

const originSchema = z
  .string({ error: ORIGIN })
  .regex(/^(?:\*|null|[a-z][a-z\d+.-]*:\/\/[^\s/?#]+)$/, { error: ORIGIN })

/** Where the gateway listens and how it stops. */
export const serverSchema = z
  .strictObject({
    port: portSchema.default(4100).describe('Port of the gateway for applications. 0 picks a free one.'),
    host: textSchema.default('127.0.0.1').describe('Address that the gateway binds to.'),
    admin_port: portSchema
      .default(4101)
      .describe('Port of the admin listener: dashboard, admin API, health, metrics.'),
    admin_host: textSchema
      .default('127.0.0.1')
      .describe('Address of the admin listener. Anything but loopback needs an admin_token.'),
    admin_token: secretSchema
      .optional()
      .describe(
        'Bearer token that the admin listener asks for, at least 16 characters. Default: admin.token in the data directory, made at the first start.',
      ),
    origins: z
      .array(originSchema)
      .max(100)
      .default([])
      .describe(
        'Origins of web pages that may call the gateway from a browser, such as https://app.example. "*" allows every page. Programs that are no browsers need nothing here.',
      ),
    drain: durationSchema
      .prefault('30s')
      .describe('How long a stopping gateway waits for answers under way before it cuts them.'),
    durability: z
      .enum(['standard', 'strict'])
      .default('standard')
      .describe(
        'standard: spend records survive a crash of the gateway at once and are on disk within 5 ms; strict: each answer waits for the disk.',
      ),
  })
  .describe(
    'Where the gateway listens and how it stops. Read at the start only: a change here needs a restart.',
  )

const STORE = 'sqlite:<path> or memory:'

/** Where keys, ledger and request log are kept. */
export const storeSchema = z
  .strictObject({
    url: z
      .string({ error: STORE })
      .regex(/^(sqlite:.+|memory:)$/, { error: STORE })
      .optional()
      .describe('sqlite:<path>, relative to the file. Default: gatehouse.db in the data directory.'),
  })
  .describe('Where keys, ledger and request log are kept. Read at the start only.')
