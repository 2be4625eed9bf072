import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import type { Column } from '../../parts/table.tsx'
import type { RouteLine } from './use-routes.ts'

/** What came of requests: of those of a route, or of those that one target answered. */
type Figures = Pick<RouteLine, 'cost' | 'duration_p95_ms' | 'estimated' | 'simulated'>

/** How long they took, and what they cost: the last columns wherever such figures stand. */
export const TIME_AND_COST: readonly Column<Figures>[] = [
  {
    head: 'p95',
    num: true,
    cell: ({ duration_p95_ms: ms }) =>
      ms === undefined ? <span className="soft">–</span> : <Duration ms={ms} />,
    sortBy: ({ duration_p95_ms: ms }) => ms,
  },
  {
    head: 'Cost',
    num: true,
    cell: ({ cost, simulated, estimated }) =>
      cost.nano_usd === '0' && simulated.nano_usd !== '0' ? (
        <Cost cost={simulated} simulated digits="sum" />
      ) : (
        <Cost cost={cost} estimated={estimated} digits="sum" />
      ),
    sortBy: ({ cost }) => Number(cost.nano_usd),
  },
]
