import { MEASURE_NAMES, measureFacts, type MeasureUnit } from '../src/insight/series-measures.ts'
import { STEP_NAMES } from '../src/insight/series-steps.ts'
import { LIMITS } from '../src/kit/limits.ts'
import { SERIES_DIMENSIONS } from '../src/store/series.ts'
import { tableLine } from './table-line.ts'

const DAY_MS = 86_400_000

const INTRODUCTION = `# Series

\`GET /api/v1/series\` of the admin API tells figures over time, for charts: several measures in one call, in all or by name.

\`\`\`sh
curl -s "http://127.0.0.1:4101/api/v1/series?measure=requests,error_rate,duration_p95&by=route&from=7d"
curl -s "http://127.0.0.1:4101/api/v1/series?measure=cost&from=2026-11-01&to=2026-12-01&step=1d&q=key:2BSwxRYMDuaJ"
\`\`\`

| parameter | |
| --- | --- |
| \`measure\` | one of those below, or several with commas between them |
| \`by\` | ${SERIES_DIMENSIONS.map((one) => `\`${one}\``).join(', ')}: a series for each; left out: one of all |
| \`from\`, \`to\` | a time, a day or an age; 24 hours until now where nothing is said |
| \`step\` | ${STEP_NAMES.map((one) => `\`${one}\``).join(', ')}; left out: as fits the time, at most ${LIMITS.seriesIntervals.toLocaleString('en')} intervals |
| \`names\` | how many series, at most ${LIMITS.seriesShown}; those with the most requests and attempts are told, and \`others\` counts the rest |
| \`q\` | a [query](query.md): which requests |

Intervals begin with whole minutes, hours and days, UTC. What is counted is 0 where nothing was; a time or a share is \`null\`, since nothing has none. The interval that is not over yet is named in
\`unfinished\`.

## Where it comes from

Sums by minute, hour and day are kept as the rows are written, of each name by itself, so that a chart of a year is read in a moment: minutes for ${LIMITS.seriesMinutesMs / DAY_MS} days, hours for
${LIMITS.seriesHoursMs / DAY_MS}, days for good. They answer a query on the one field that the series are told apart by (\`answered_from: sums\`). Any other query is answered by looking at requests, the newest first
and at most ${LIMITS.queryRows.toLocaleString('en')} of them; where there are more the answer has \`partial: true\` and says how far it went back. After an upgrade older rows are summed little by little; until
then \`complete_from\` says since when all is there. Of more than ${LIMITS.seriesNames.toLocaleString('en')} names of a kind those that were counted least are in the whole alone.

Requests are those of clients, when they are over, told by the target that answered. Calls are all that was asked of providers, for judges and shadows too, told by whom was called: money and tokens are theirs. Percentiles come
from buckets that a fifth lies between, so they are that exact.

## Measures
`

const UNITS: Readonly<Record<MeasureUnit, string>> = {
  count: 'number',
  tokens: 'tokens',
  usd: 'US dollars',
  ms: 'milliseconds',
  share: 'share, 0 to 1',
}

/** The reference of series as Markdown: `docs/series.md`. */
export function seriesReference(): string {
  const rows = MEASURE_NAMES.map((measure) => {
    const { unit, says } = measureFacts(measure)
    return tableLine([`\`${measure}\``, UNITS[unit], says])
  })
  return [
    INTRODUCTION,
    tableLine(['measure', 'value', 'what it is']),
    tableLine(['---', '---', '---']),
    ...rows,
    '',
  ].join('\n')
}
