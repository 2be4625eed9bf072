import type { z } from 'zod'
import type { configSchema } from './schema.ts'

/** A file as it may be written. */
export type ConfigFile = z.input<typeof configSchema>
