import type { Flights } from '../../caching/flights.ts'
import type { AnswerCache } from '../../store/answer-cache.ts'

/**
 * Answers of which removing some removes also what calls under way will say: they were asked before, and would be kept behind it. Which
 * of them are meant nobody knows yet, so none is kept; that costs a call. A request whose answer lies there is under way no more.
 */
export function partingAnswers(answers: AnswerCache, flights: Flights): AnswerCache {
  return {
    find: (key, nowMs) => answers.find(key, nowMs),
    put: (answer) => answers.put(answer),
    remove: (key) => answers.remove(key),
    report: (question) => answers.report(question),
    purge(which) {
      if (which.request === undefined && which.key === undefined) flights.part()
      return answers.purge(which)
    },
  }
}
