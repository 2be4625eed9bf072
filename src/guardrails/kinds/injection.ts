import { z } from 'zod'
import { InjectionLooker } from '../injection/look-for-injection.ts'
import { defineKind } from './kind.ts'

const SENSITIVITIES = ['low', 'medium', 'high'] as const

/** Attempts to have a model do something else than who runs it wants. */
export const injection = defineKind({
  name: 'injection',
  summary:
    'attempts to talk a model out of what it was told (override, jailbreak, prompt-leak, encoded, hidden, fake-turn, exfiltration): heuristics over words and forms, in English, German, French, Spanish and Portuguese',
  options: z.strictObject({
    sensitivity: z
      .enum(SENSITIVITIES, { error: 'low, medium or high' })
      .default('medium')
      .describe('How little is enough: low finds what is plain, high also what is often meant well.'),
  }),
  compile: ({ sensitivity }, { reuse }) => ({
    looker: reuse(`injection ${sensitivity}`, () => new InjectionLooker(sensitivity)),
  }),
})
