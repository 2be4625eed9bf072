import { z } from 'zod'
import { defineStrategy } from './strategy.ts'

/** As the route lists them. */
export const ordered = defineStrategy({
  name: 'ordered',
  summary: 'the first that works',
  reason: {
    code: 'first-in-order',
    sentence: 'It stands first among the eligible targets of an ordered route.',
  },
  usesWeights: false,
  keepsTogether: 'nowhere',
  options: z.strictObject({}),
  rank: (targets) => targets,
})
