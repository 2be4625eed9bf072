import type { ReactNode } from 'react'
import type { GetCost } from '../../api/answers.ts'
import { Failed, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { total } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { CostTiles } from './cost-tiles.tsx'
import { changeText } from './change.ts'
import { DRIVER_NAMES, Drivers } from './drivers.tsx'
import { ExportMenu } from './export-menu.tsx'
import { GroupsCard } from './groups-card.tsx'
import { Picks } from './picks.tsx'
import { PivotCard } from './pivot-card.tsx'
import { SpendOverTime } from './spend-over-time.tsx'
import { useCost, useCostSearch } from './use-cost.ts'
import { WasteCard } from './waste-card.tsx'

/** Where does the money go, and why did it move? */
export function CostPage(): ReactNode {
  const { by, rows } = useCostSearch()
  const { data, error, refetch } = useCost(by, rows)
  return (
    <main id="main">
      <PageHead
        title="Cost"
        answer={data === undefined ? 'Adding up what was spent.' : <Answer cost={data} />}
      >
        {data === undefined ? null : <ExportMenu cost={data} />}
      </PageHead>
      {error === null ? null : (
        <Failed error={error} what="What was spent could not be read." retry={() => void refetch()} />
      )}
      <Picks />
      {data?.money === 'simulated' ? (
        <Notice tone="info">
          No real money was spent in this time: what is told is that of the simulator. It is never added to
          real money.
        </Notice>
      ) : null}
      <CostTiles cost={data} />
      {data?.lines.length === 0 && data.groups.length > 0 ? null : <SpendOverTime cost={data} />}
      <Drivers cost={data} />
      {data?.pivot === undefined ? null : <PivotCard pivot={data.pivot} cost={data} />}
      <div className="grid fill">
        <GroupsCard cost={data} />
        <WasteCard cost={data} />
      </div>
    </main>
  )
}

/** The answer in a sentence or two. */
function Answer({ cost: { total: all, compared, money } }: { readonly cost: GetCost }): ReactNode {
  const kind = money === 'simulated' ? ' of simulated money' : ''
  if (BigInt(all.amount.nano_usd) === 0n)
    return all.attempts === 0
      ? 'Nothing was spent in this time.'
      : `${count(all.attempts)} calls cost nothing that is known.`
  const spent = `${total(all.amount)}${kind} in this time`
  if (compared === undefined) return `${spent}.`
  const weeks = compared.days_before / 7
  const before =
    weeks === 1 ? 'the same weekdays a week before' : `the same weekdays ${count(weeks)} weeks before`
  if (BigInt(compared.before.nano_usd) === 0n) return `${spent}. Nothing was spent on ${before}.`
  const [first] = compared.drivers.toSorted((one, other) => sizeOf(other.amount) - sizeOf(one.amount))
  const most =
    first === undefined || sizeOf(first.amount) === 0
      ? ''
      : ` Most of it is ${DRIVER_NAMES[first.driver].sentence}.`
  return `${spent}, ${changeText(compared.now, compared.before)} ${before}.${most}`
}

function sizeOf({ nano_usd: nano }: { readonly nano_usd: string }): number {
  return Math.abs(Number(nano))
}
