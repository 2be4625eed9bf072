import type { ReactNode } from 'react'
import { Wide } from '../../parts/wide.tsx'
import type { GetUsage } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { Cost } from '../../parts/cost.tsx'
import { Empty, SkeletonRows } from '../../parts/notices.tsx'
import { Who } from '../../parts/who.tsx'
import { count } from '../../words/numbers.ts'

type Group = GetUsage['data'][number]

const MOST = 7

/** Where the money goes: real money by model, invented money beside it and never in it. */
export function ByModel({ usage }: { readonly usage: GetUsage | undefined }): ReactNode {
  const groups = usage?.data ?? []
  const shown = groups.slice(0, MOST)
  return (
    <section className="card c8" aria-labelledby="h-models">
      <header>
        <h2 id="h-models">Spend by model</h2>
        {groups.length > MOST ? (
          <span className="small soft">
            {MOST} of {groups.length} shown
          </span>
        ) : null}
      </header>
      {usage !== undefined && groups.length === 0 ? (
        <Empty title="Nothing was used in this time">
          <p>Every attempt counts here as soon as it is over.</p>
        </Empty>
      ) : (
        <Wide label="Spend by model">
          <table>
            <thead>
              <tr>
                <th scope="col">Model</th>
                <th scope="col" className="x-minor">
                  <span className="vh">Share</span>
                </th>
                <th scope="col" className="num">
                  Attempts
                </th>
                <th scope="col" className="num">
                  Spend
                </th>
                <th scope="col" className="num">
                  Simulated
                </th>
              </tr>
            </thead>
            <tbody aria-busy={usage === undefined}>
              {usage === undefined ? <SkeletonRows rows={4} columns={5} /> : null}
              {shown.map((group) => (
                <Row key={group.name} group={group} most={mostOf(shown)} />
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </section>
  )
}

/** What bars are drawn of: real money, or invented where there is no other. */
function drawn({ cost, simulated }: Group): number {
  return Number(BigInt(cost.nano_usd) === 0n ? simulated.nano_usd : cost.nano_usd)
}

function mostOf(groups: readonly Group[]): number {
  return groups.reduce((most, group) => Math.max(most, drawn(group)), 1)
}

function Row({ group, most }: { readonly group: Group; readonly most: number }): ReactNode {
  const { palette } = useServices()
  const isInvented = BigInt(group.cost.nano_usd) === 0n
  return (
    <tr>
      <td>
        <Who name={group.name} />
      </td>
      <td className="x-minor share">
        <span
          className="meter"
          style={{ '--v': `${(100 * drawn(group)) / most}%`, '--c': palette.colourOf(group.name) }}
        >
          <i className={isInvented ? 'hatch' : ''} />
        </span>
      </td>
      <td className="num">{count(group.attempts)}</td>
      <td className="num">
        {group.unpriced_attempts > 0 && isInvented ? (
          <span className="unpriced">{count(group.unpriced_attempts)} unpriced</span>
        ) : (
          <Cost cost={group.cost} estimated={group.estimated_attempts > 0} digits="sum" />
        )}
      </td>
      <td className="num">
        <Cost cost={group.simulated} simulated digits="sum" />
      </td>
    </tr>
  )
}
