import { z } from 'zod'
import { LIMITS } from '../../kit/limits.ts'
import { compilePattern } from '../../kit/pattern.ts'
import { createPatternLooker, type NamedPattern } from '../look-for-patterns.ts'
import { defineKind, type KindProblem } from './kind.ts'

/** What most patterns find is shorter. */
const USUAL_REACH = 256
const PATTERN = `a regular expression (RE2) of at most ${LIMITS.patternCharacters} characters`
const REACH = `a whole number of characters from 1 to ${LIMITS.patternReach}`
const NAME = 'a name of letters, digits, - and _, a letter first'

const sourceSchema = z
  .string({ error: PATTERN })
  .min(1, { error: PATTERN })
  .max(LIMITS.patternCharacters, { error: PATTERN })

const patternSchema = z.union(
  [
    sourceSchema.transform((pattern) => ({ pattern, reach: USUAL_REACH })),
    z.strictObject({
      pattern: sourceSchema.describe('A regular expression in the syntax of RE2.'),
      reach: z
        .int({ error: REACH })
        .min(1, { error: REACH })
        .max(LIMITS.patternReach, { error: REACH })
        .default(USUAL_REACH)
        .describe(
          'Most characters of what it finds; longer ones are left alone. So much of a stream may be held back.',
        ),
    }),
  ],
  { error: `${PATTERN}, or a map with pattern and reach` },
)

/** Regular expressions of the file, by their names. */
export const patterns = defineKind({
  name: 'patterns',
  summary: `what regular expressions (RE2, linear in time) match, by names; up to ${USUAL_REACH} characters unless one says its reach`,
  options: z
    .record(z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: NAME }), patternSchema)
    .refine((all) => Object.keys(all).length > 0, { error: 'at least one pattern' })
    .refine((all) => Object.keys(all).length <= LIMITS.patterns, {
      error: `at most ${LIMITS.patterns} patterns`,
    }),
  compile(all) {
    const problems: KindProblem[] = []
    const compiled: NamedPattern[] = []
    for (const [name, { pattern: source, reach }] of Object.entries(all)) {
      const pattern = compilePattern(source)
      if ('wrong' in pattern)
        problems.push({ path: [name], message: `this is no regular expression of RE2: ${pattern.wrong}` })
      else if (pattern.size > LIMITS.patternSteps)
        problems.push({
          path: [name],
          message: `the pattern is too large: ${pattern.size} steps, at most ${LIMITS.patternSteps}`,
          hint: 'Repeat less often: a{1,1000} is a thousand steps.',
        })
      else compiled.push({ name, source, pattern, reach })
    }
    return problems.length > 0 ? { problems } : { looker: createPatternLooker(compiled) }
  },
})
