import { nearestNames } from '../kit/nearest.ts'
import { AdminProblem } from './problem.ts'

/** Where a list of words stands, and which there are. */
export interface WordList<Word extends string> {
  /** The parameter. */
  readonly path: string
  readonly words: readonly Word[]
}

/** Reads words with commas between them, each once. Throws AdminProblem `invalid-request` with the nearest word. */
export function readWordList<Word extends string>(
  text: string,
  { path, words }: WordList<Word>,
): readonly Word[] {
  return [...new Set(text === '' ? [] : text.split(','))].map((given) => {
    const known = words.find((word) => word === given)
    if (known !== undefined) return known
    const [nearest] = nearestNames(given, words, 1)
    const hint = nearest === undefined ? `The words: ${words.join(', ')}.` : `Did you mean ${nearest}?`
    throw new AdminProblem('invalid-request', {
      detail: 'The query has mistakes.',
      errors: [{ path, message: `there is no "${given.slice(0, 50)}"`, hint }],
    })
  })
}
