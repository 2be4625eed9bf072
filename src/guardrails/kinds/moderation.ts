import { z } from 'zod'
import type { Verdict } from '../../exchange/operations/moderate.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import { CannotTell, type AskedByCheck, type Check, type Checked, type CheckFinding } from '../check.ts'
import { judgedTexts, type JudgedTexts } from '../judged-texts.ts'
import { BETWEEN, packTexts } from '../portions.ts'
import { defineKind } from './kind.ts'
import { modelSchema, textsSchema } from './asking.ts'

const SURENESS = 'a number from 0 to 1'
const surenessSchema = z.number({ error: SURENESS }).min(0, { error: SURENESS }).max(1, { error: SURENESS })
const CATEGORIES = 'names of categories, or how sure the model has to be of each: { violence: 0.8 }'
const NAME = z.string({ error: CATEGORIES }).min(1, { error: CATEGORIES }).max(64, { error: CATEGORIES })

/** What should not be said, by the verdict of a moderation model. */
export const moderation = defineKind({
  name: 'moderation',
  summary: 'what a moderation model finds, by its categories',
  isCheck: true,
  actions: ['block', 'flag', 'restrict'],
  options: z.strictObject({
    model: modelSchema,
    texts: textsSchema,
    categories: z
      .union([z.array(NAME).min(1).max(64), z.record(NAME, surenessSchema)], { error: CATEGORIES })
      .optional()
      .describe(
        'Which categories count, in the words of the model, and how sure it has to be of each: a list, or numbers from 0 to 1 by their names. Default: all.',
      ),
    threshold: surenessSchema
      .optional()
      .describe(
        'How sure it has to be of categories that have no number of their own, from 0 to 1. Default: the model says itself what is found.',
      ),
  }),
  compile: ({ model, texts, categories, threshold }) => ({
    check: new Moderation({
      model,
      texts,
      ...defined({ wanted: categories === undefined ? undefined : wantedOf(categories), threshold }),
    }),
  }),
})

type Wanted = ReadonlyMap<string, number | undefined>

function wantedOf(categories: readonly string[] | Readonly<Record<string, number>>): Wanted {
  return new Map(
    Array.isArray(categories) ? categories.map((name) => [name, undefined]) : Object.entries(categories),
  )
}

interface Terms {
  readonly model: string
  readonly texts: JudgedTexts
  /** How sure the model has to be of each category that counts; absent: all count. */
  readonly wanted?: Wanted
  readonly threshold?: number
}

class Moderation implements Check {
  readonly asks: AskedByCheck
  readonly #terms: Terms

  constructor(terms: Terms) {
    this.#terms = terms
    this.asks = { model: terms.model, operation: 'moderate' }
  }

  async judge(checked: Checked): Promise<CheckFinding> {
    const { exchange: parent, ask } = checked
    if (ask === undefined) throw new CannotTell('nobody can be asked')
    const texts = judgedTexts(checked, this.#terms.texts)
    if (texts.length === 0) return {}
    const inputs = packTexts(texts, { characters: LIMITS.moderatedCharacters }).map((together) =>
      together.map(({ words }) => words).join(BETWEEN),
    )
    const { model } = this.#terms
    const request = { operation: 'moderate', model, stream: false, inputs } as const
    const { items } = await ask({ request, purpose: 'classify', parent })
    const judged = new Set(items.map(({ input }) => input))
    if (judged.size !== inputs.length) throw new CannotTell('the model has not judged everything')
    const found: Record<string, number> = {}
    for (const category of items.flatMap((verdict) => this.#foundIn(verdict)))
      found[category] = (found[category] ?? 0) + 1
    return Object.keys(found).length === 0 ? {} : { found }
  }

  #foundIn({ categories, scores, flagged }: Verdict): readonly string[] {
    const { wanted, threshold } = this.#terms
    const isFound = (name: string, least = threshold): boolean => {
      const score = scores[name]
      return least === undefined || score === undefined ? categories[name] === true : score >= least
    }
    if (wanted === undefined) {
      const found = Object.keys(categories).filter((name) => isFound(name))
      // Some say that there is something, and not what.
      return found.length === 0 && flagged && threshold === undefined ? ['flagged'] : found
    }
    // A name that the model does not have would never be found, and nobody would know.
    for (const name of wanted.keys())
      if (categories[name] === undefined && scores[name] === undefined)
        throw new CannotTell(`the model knows no category ${name}`)
    return [...wanted].filter(([name, least]) => isFound(name, least)).map(([name]) => name)
  }
}
