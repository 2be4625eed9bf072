import type { AlertWords } from '../config/alert-words.ts'
import { MEASURE_NAMES, measureFacts } from '../insight/series-measures.ts'
import { QueryError } from '../insight/query-terms.ts'
import { readQuery } from '../insight/read-query.ts'
import { defined } from '../kit/defined.ts'
import { SERIES_DIMENSIONS } from '../store/series.ts'

/** What rules can speak of: the measures of charts, and the language of queries. */
export const ALERT_WORDS: AlertWords = {
  measures: new Map(
    MEASURE_NAMES.map((name) => {
      const { unit, ofAttempts = false } = measureFacts(name)
      return [name, { unit, ofAttempts }]
    }),
  ),
  judgeQuery({ when, by, ofAttempts }) {
    try {
      const { conditions = [] } = readQuery(when, 0)
      const asked = new Set<string>(conditions.map(({ field }) => field))
      if (by !== undefined) asked.add(by)
      const isSummed = [...asked].every((field) => SERIES_DIMENSIONS.some((one) => one === field))
      return { scans: asked.size > 1 || !isSummed || (asked.has('outcome') && ofAttempts) }
    } catch (thrown) {
      if (!(thrown instanceof QueryError)) throw thrown
      const { message, at, hint } = thrown
      return { problem: `at ${at}: ${message}`, ...defined({ hint }) }
    }
  },
}
