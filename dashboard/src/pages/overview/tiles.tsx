import type { ReactNode } from 'react'
import type { GetSeries, GetStatusz, GetUsage } from '../../api/answers.ts'
import { numbersOf } from '../../parts/chart/from-series.ts'
import { Tile } from '../../parts/tile.tsx'
import { total } from '../../words/money.ts'
import { age, count, counted } from '../../words/numbers.ts'

/** The figures of a time. */
export function Tiles({
  usage,
  status,
  series,
}: {
  readonly usage: GetUsage | undefined
  readonly status: GetStatusz | undefined
  readonly series: GetSeries | undefined
}): ReactNode {
  const sum = usage?.total
  return (
    <section className="tiles" aria-label="Figures">
      <Tile
        label="Attempts"
        figure={sum && count(sum.attempts)}
        note={sum && guessText(sum.estimated_attempts)}
        spark={series && numbersOf(series.series[0]?.values['attempts'])}
        unfinished={series?.unfinished}
      />
      <Tile
        label="Spend"
        figure={sum && (sum.estimated_attempts > 0 ? `≈ ${total(sum.cost)}` : total(sum.cost))}
        note={sum && unpricedText(sum.unpriced_attempts)}
      />
      <Tile label="Simulated money" figure={sum && total(sum.simulated)} note="apart, in no budget" />
      <Tile label="Input tokens" figure={sum && count(sum.input_tokens)} note="billed, of every kind" />
      <Tile label="Output tokens" figure={sum && count(sum.output_tokens)} note="billed, of every kind" />
      <Tile
        label="Under way now"
        figure={status && count(status.requests_in_flight)}
        note={status && `up for ${age(status.uptime_s * 1_000)}`}
      />
    </section>
  )
}

function guessText(estimated: number): string {
  return estimated === 0 ? 'all reported by providers' : `${count(estimated)} estimated`
}

function unpricedText(unpriced: number): string {
  return unpriced === 0 ? 'everything priced' : counted(unpriced, 'attempt unpriced', 'attempts unpriced')
}
