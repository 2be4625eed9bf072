import { useState, type ReactNode } from 'react'
import { useFresh } from '../../app/use-live.ts'
import { PageHead } from '../../parts/page-head.tsx'
import { Failed } from '../../parts/notices.tsx'
import { total } from '../../words/money.ts'
import { count, counted } from '../../words/numbers.ts'
import { AnswersCard } from './answers-card.tsx'
import { BeginCache } from './begin-cache.tsx'
import { CacheOverTime } from './cache-over-time.tsx'
import { CacheTiles, givenAgain } from './cache-tiles.tsx'
import { PurgeDialog } from './purge-dialog.tsx'
import { RoutesCard } from './routes-card.tsx'
import { SimilarCard } from './similar-card.tsx'
import { useCache, type Cache, type Purge } from './use-cache.ts'

const FRESH_MS = 5_000

/** What is not paid for twice? */
export function CachePage(): ReactNode {
  const { data, error, refetch } = useCache()
  const [purge, setPurge] = useState<Purge>()
  useFresh('cache', FRESH_MS)
  const isEmpty = data !== undefined && data.routes.length === 0
  return (
    <main id="main">
      <PageHead title="Cache" answer={data === undefined ? 'Reading the cache.' : answerOf(data)} />
      {error === null || data !== undefined ? null : (
        <Failed error={error} what="The cache could not be read." retry={() => void refetch()} />
      )}
      {isEmpty ? (
        <BeginCache />
      ) : (
        <>
          <CacheTiles cache={data} />
          <CacheOverTime />
          <RoutesCard routes={data?.routes} onPurge={setPurge} />
          <SimilarCard />
          <AnswersCard answers={data?.data} entries={data?.entries ?? 0} onPurge={setPurge} />
        </>
      )}
      {purge === undefined ? null : <PurgeDialog purge={purge} onClose={() => setPurge(undefined)} />}
    </main>
  )
}

function answerOf({ figures, entries, routes, disk }: Cache): string {
  const keeping = routes.filter(({ keeps }) => keeps).length
  if (keeping === 0 && entries === 0) return 'No route keeps answers.'
  const where = disk ? 'over restarts' : 'in memory'
  return `${counted(keeping, 'route keeps', 'routes keep')} answers ${where}: ${count(givenAgain(figures))} were given again, which saved ${total(figures.saved)}.`
}
