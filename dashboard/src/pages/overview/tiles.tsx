import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetOverview } from '../../api/answers.ts'
import { Tile } from '../../parts/tile.tsx'
import { count, duration } from '../../words/numbers.ts'
import { valueText, type Unit } from '../../words/units.ts'
import { figuresOf, type Figures } from './figures.ts'

/** The figures of the time, each against the equal weekdays before, and how it came about. */
export function Tiles({ overview }: { readonly overview: GetOverview | undefined }): ReactNode {
  const figures = figuresOf(overview ?? { figures: [] })
  const isThere = overview !== undefined
  const common = { unfinished: overview?.unfinished }
  const errors = figures.value('error_rate')
  return (
    <section className="tiles" aria-label="Figures">
      <Tile
        {...common}
        label="Requests"
        figure={isThere ? count(figures.value('requests') ?? 0) : undefined}
        note={note(figures, 'requests', 'count')}
        spark={figures.values('requests')}
      />
      <Tile
        {...common}
        label="Success"
        figure={isThere ? (errors === undefined ? '–' : (100 * (1 - errors)).toFixed(2)) : undefined}
        unit={errors === undefined ? undefined : '%'}
        note={<Failed overview={overview} moved={note(figures, 'error_rate', 'share')} />}
        spark={figures.values('error_rate').map((share) => (share === null ? null : 1 - share))}
      />
      <Spend overview={overview} figures={figures} />
      <Time overview={overview} figures={figures} measure="duration_p95" label="Duration p95" />
      <Time overview={overview} figures={figures} measure="ttft_p95" label="First token p95" />
      <Tile
        {...common}
        label="Fallback rate"
        figure={isThere ? shareText(figures.value('fallback_rate')) : undefined}
        unit={figures.value('fallback_rate') === undefined ? undefined : '%'}
        note={note(figures, 'fallback_rate', 'share')}
        spark={figures.values('fallback_rate')}
      />
      {figures.value('cache_hit_rate') === undefined ? null : (
        <Tile
          {...common}
          label="From the cache"
          figure={shareText(figures.value('cache_hit_rate'))}
          unit="%"
          note={<Link to="/cache">{valueText(figures.value('cache_saved') ?? 0, 'usd')} saved</Link>}
          spark={figures.values('cache_hit_rate')}
        />
      )}
    </section>
  )
}

/** How the share of successes moved, and how many took too long, with the way to them. */
function Failed({
  overview,
  moved,
}: {
  readonly overview: GetOverview | undefined
  readonly moved: string | undefined
}): ReactNode {
  const late = overview?.timed_out ?? []
  const many = late.reduce((sum, { requests }) => sum + requests, 0)
  const told = moved === undefined ? undefined : turned(moved)
  if (many === 0) return told ?? '\u00A0'
  return (
    <>
      {told === undefined ? '' : `${told} · `}
      <Link to="/requests" search={{ q: `outcome:${late.map(({ outcome }) => outcome).join(',')}` }}>
        {count(many)} timed out
      </Link>
    </>
  )
}

/** As much as more fail, fewer succeed: the tile tells of those. */
const turned = (moved: string): string =>
  moved.startsWith('+') ? moved.replace('+', '\u2212') : moved.replace('\u2212', '+')

type Measure = Parameters<Figures['value']>[0]

interface TileOf {
  readonly overview: GetOverview | undefined
  readonly figures: Figures
}

/** Real money; what the simulator invents stands beside it and never in it. */
function Spend({ overview, figures }: TileOf): ReactNode {
  const [settled, estimated] = [figures.value('cost') ?? 0, figures.value('estimated_cost') ?? 0]
  const [invented, unpriced] = [figures.value('simulated_cost') ?? 0, figures.value('unpriced') ?? 0]
  const guess = figures.values('estimated_cost')
  const said = [
    note(figures, 'cost', 'usd'),
    unpriced > 0 ? `${count(unpriced)} unpriced` : undefined,
    invented > 0 ? `sim ${valueText(invented, 'usd')} apart` : undefined,
  ].filter((one) => one !== undefined)
  return (
    <Tile
      label="Spend"
      figure={overview && `${estimated > 0 ? '≈ ' : ''}${valueText(settled + estimated, 'usd')}`}
      note={said.join(' · ')}
      spark={figures.values('cost').map((value, at) => (value ?? 0) + (guess[at] ?? 0))}
      unfinished={overview?.unfinished}
    />
  )
}

function Time({
  overview,
  figures,
  measure,
  label,
}: TileOf & { readonly measure: Measure; readonly label: string }): ReactNode {
  const ms = figures.value(measure)
  const told = ms === undefined ? undefined : duration(ms)
  return (
    <Tile
      label={label}
      figure={overview && (told?.value ?? '–')}
      unit={told?.unit}
      note={note(figures, measure, 'ms')}
      spark={figures.values(measure)}
      unfinished={overview?.unfinished}
    />
  )
}

function shareText(share: number | undefined): string {
  return share === undefined ? '–' : (100 * share).toFixed(2)
}

/** How it moved, and against what; nothing where there is nothing to compare with. */
function note(figures: Figures, measure: Measure, unit: Unit): string | undefined {
  const moved = figures.moved(measure, unit)
  return moved === undefined ? undefined : `${moved} on a week before`
}
