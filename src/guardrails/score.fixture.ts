import type { CorpusText } from './corpus.fixture.ts'
import type { Detector } from './detector.ts'
import { createLookThrough } from './look-through.ts'

/** What a detector does on a corpus. */
export interface Score {
  /** Of what it should find: how much it does, and how much not. */
  readonly right: number
  readonly missed: number
  /** What it finds that is none. */
  readonly wrong: number
}

/** By the name of the detector. Found is what its places cover from end to end. */
export function scoreDetectors(
  detectors: readonly Detector[],
  corpus: readonly CorpusText[],
): ReadonlyMap<string, Score> {
  return new Map(
    detectors.map((detector) => {
      const looker = createLookThrough([detector])
      const score = { right: 0, missed: 0, wrong: 0 }
      for (const { text, holds } of corpus) {
        const wanted = holds.filter(([name]) => name === detector.name).map(([, words]) => words)
        const found = looker.look(text).map(({ start, end }) => text.slice(start, end))
        for (const words of wanted) {
          if (found.some((one) => one.includes(words))) score.right += 1
          else score.missed += 1
        }
        score.wrong += found.filter(
          (one) => !wanted.some((words) => one.includes(words) || words.includes(one)),
        ).length
      }
      return [detector.name, score] as const
    }),
  )
}
