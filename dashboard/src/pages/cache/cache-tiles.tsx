import type { ReactNode } from 'react'
import { Tile } from '../../parts/tile.tsx'
import { total } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { sizeText } from '../../words/sizes.ts'
import type { Cache } from './use-cache.ts'

/** The figures of a time, and what lies there now. */
export function CacheTiles({ cache }: { readonly cache: Cache | undefined }): ReactNode {
  const figures = cache?.figures
  return (
    <section className="tiles five" aria-label="Figures">
      <Tile
        label="Hit rate"
        figure={figures && shareText(figures.hit_rate)}
        note={figures && `${count(givenAgain(figures))} of ${count(givenAgain(figures) + figures.misses)}`}
      />
      <Tile label="Saved" figure={figures && total(figures.saved)} note="what they had cost" />
      <Tile
        label="Answers kept"
        figure={cache && count(cache.entries)}
        note={cache && (cache.disk ? 'they outlive a restart' : 'gone when the gateway stops')}
      />
      <Tile label="They take" figure={cache && sizeText(cache.bytes)} note="the least used go first" />
      <Tile
        label="Not looked for"
        figure={figures && count(figures.bypassed)}
        note="each request tells why"
      />
    </section>
  )
}

type Figures = Pick<Cache['figures'], 'hits' | 'stale' | 'coalesced' | 'similar'>

/** Requests that were given an answer again. */
export function givenAgain({ hits, stale, coalesced, similar }: Figures): number {
  return hits + stale + coalesced + similar
}

/** A share of requests; nothing is known where none was asked. */
export function shareText(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`
}
