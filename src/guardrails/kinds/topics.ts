import { z } from 'zod'
import { LIMITS } from '../../kit/limits.ts'
import { createTopicsCheck } from '../check-topics.ts'
import { TermLooker } from '../terms/look-for-terms.ts'
import { defineKind } from './kind.ts'

const NAME = 'a name of letters, digits, - and _, a letter first'
const PHRASE = `a word or a phrase of at most ${LIMITS.termCharacters} characters`
const PHRASES = `from 1 to ${LIMITS.topicPhrases} words and phrases`
const THRESHOLD = 'a whole number from 1 to 100'

const phraseSchema = z
  .string({ error: PHRASE })
  .max(LIMITS.termCharacters, { error: PHRASE })
  .regex(/[\p{L}\p{N}]/u, { error: PHRASE })

/** What is spoken about, by the words that are used for it. */
export const topics = defineKind({
  name: 'topics',
  summary:
    'texts about topics, each by a list of words and phrases, so many of which have to stand in them: words, and not what is meant (that is for a model to judge)',
  isCheck: true,
  options: z.strictObject({
    deny: z
      .record(
        z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, { error: NAME }),
        z.array(phraseSchema).min(1, { error: PHRASES }).max(LIMITS.topicPhrases, { error: PHRASES }),
      )
      .refine((all) => Object.keys(all).length > 0, { error: 'at least one topic' })
      .refine((all) => Object.keys(all).length <= LIMITS.topics, { error: `at most ${LIMITS.topics} topics` })
      .describe('Words and phrases of each topic, by its name.'),
    threshold: z
      .int({ error: THRESHOLD })
      .min(1, { error: THRESHOLD })
      .max(100, { error: THRESHOLD })
      .default(2)
      .describe('How many different ones of a topic it takes.'),
  }),
  compile({ deny, threshold }) {
    const tooFew = Object.entries(deny).filter(([, phrases]) => new Set(phrases).size < threshold)
    if (tooFew.length > 0)
      return {
        problems: tooFew.map(([name]) => ({
          path: ['deny', name],
          message: `this topic can never be found: it has fewer words than the threshold of ${threshold}`,
          hint: 'Give it more words, or set threshold lower.',
        })),
      }
    const all = Object.entries(deny).map(([name, phrases]) => ({
      name,
      looker: new TermLooker({ words: phrases, evasions: false }),
    }))
    return { check: createTopicsCheck(all, threshold) }
  },
})
