import type { ReactNode } from 'react'
import type { GetUsage } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { Cost } from '../../parts/cost.tsx'
import { Empty } from '../../parts/notices.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { count } from '../../words/numbers.ts'

type Group = GetUsage['data'][number]

const MOST = 7

/** Where the money goes: real money by model, invented money beside it and never in it. */
export function ByModel({ usage }: { readonly usage: GetUsage | undefined }): ReactNode {
  const groups = usage?.data
  const shown = groups?.slice(0, MOST)
  const columns = useColumns(mostOf(shown ?? []))
  return (
    <section className="card c8" aria-labelledby="h-models">
      <header>
        <h2 id="h-models">Spend by model</h2>
        {(groups?.length ?? 0) > MOST ? (
          <span className="small soft">
            {MOST} of {groups?.length} shown
          </span>
        ) : null}
      </header>
      <Table
        label="Spend by model"
        columns={columns}
        rows={shown}
        keyOf={({ name }) => name}
        empty={
          <Empty title="Nothing was used in this time">
            <p>Every attempt counts here as soon as it is over.</p>
          </Empty>
        }
      />
    </section>
  )
}

function useColumns(most: number): readonly Column<Group>[] {
  const { palette } = useServices()
  return [
    { head: 'Model', cell: ({ name }) => <Who name={name} /> },
    {
      head: 'Share',
      isHeadHidden: true,
      className: 'x-minor share',
      cell: (group) => (
        <span
          className="meter"
          style={{ '--v': `${(100 * drawn(group)) / most}%`, '--c': palette.colourOf(group.name) }}
        >
          <i className={isInvented(group) ? 'hatch' : ''} />
        </span>
      ),
    },
    {
      head: 'Attempts',
      num: true,
      cell: ({ attempts }) => count(attempts),
      sortBy: ({ attempts }) => attempts,
    },
    {
      head: 'Spend',
      num: true,
      cell: (group) =>
        group.unpriced_attempts > 0 && isInvented(group) ? (
          <span className="unpriced">{count(group.unpriced_attempts)} unpriced</span>
        ) : (
          <Cost cost={group.cost} estimated={group.estimated_attempts > 0} digits="sum" />
        ),
      sortBy: ({ cost }) => Number(cost.nano_usd),
    },
    {
      head: 'Simulated',
      num: true,
      cell: ({ simulated }) => <Cost cost={simulated} simulated digits="sum" />,
      sortBy: ({ simulated }) => Number(simulated.nano_usd),
    },
  ]
}

/** Is there nothing but money of the simulator? */
function isInvented({ cost }: Group): boolean {
  return BigInt(cost.nano_usd) === 0n
}

/** What bars are drawn of: real money, or invented where there is no other. */
function drawn({ cost, simulated }: Group): number {
  return Number(BigInt(cost.nano_usd) === 0n ? simulated.nano_usd : cost.nano_usd)
}

function mostOf(groups: readonly Group[]): number {
  return groups.reduce((most, group) => Math.max(most, drawn(group)), 1)
}
