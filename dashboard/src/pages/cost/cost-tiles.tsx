import type { ReactNode } from 'react'
import type { GetCost } from '../../api/answers.ts'
import { Tile } from '../../parts/tile.tsx'
import { total, type Money } from '../../words/money.ts'
import { count, counted } from '../../words/numbers.ts'
import { shareOf, signed } from './change.ts'

/** The figures of a time. Each kind of money stands by itself. */
export function CostTiles({ cost }: { readonly cost: GetCost | undefined }): ReactNode {
  return (
    <section className="tiles" aria-label="Figures">
      <Tile
        label={cost?.money === 'simulated' ? 'Simulated spend' : 'Spend'}
        figure={cost && shown(cost)}
        note={cost && moved(cost)}
      />
      <Tile
        label="Cost of a request"
        figure={cost && optional(cost.total.per_request)}
        note={cost && requestsText(cost)}
      />
      <Tile
        label="Saved by provider caches"
        figure={cost && optional(cost.saved.provider_caches)}
        note="against the price without them, of now"
      />
      <Tile label="Waste" figure={cost && total(cost.waste.lost)} note={cost && wasteText(cost)} />
      <Tile
        label="Unpriced"
        figure={cost && count(cost.total.unpriced_attempts)}
        unit="calls"
        note="counted apart, never as $0"
      />
      <Tile
        label={cost?.money === 'simulated' ? 'Real money' : 'Simulated money'}
        figure={cost && otherMoney(cost)}
        note="apart, never in a sum"
      />
    </section>
  )
}

function shown({ total: all }: GetCost): string {
  const isGuessed = all.estimated !== undefined && all.estimated.nano_usd !== '0'
  return `${isGuessed ? '≈ ' : ''}${total(all.amount)}`
}

function moved({ compared, total: all }: GetCost): string {
  const share = compared && shareOf(compared.now, compared.before)
  if (compared !== undefined && share !== undefined)
    return `${signed(compared.change)} · ${share > 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)} %`
  return all.estimated !== undefined && all.estimated.nano_usd !== '0'
    ? `${total(all.estimated)} of it estimated`
    : 'nothing to compare with'
}

function optional(money: Money | undefined): string {
  return money === undefined ? '–' : total(money)
}

function wasteText({ waste, total: all }: GetCost): string {
  const [lost, spent] = [Number(waste.lost.nano_usd), Number(all.amount.nano_usd)]
  return spent === 0 ? 'paid, and answered nobody' : `${((100 * lost) / spent).toFixed(1)} % of spend, lost`
}

function requestsText({ total: { requests } }: GetCost): string {
  return requests === undefined ? 'not told apart so' : `of ${counted(requests, 'request')}`
}

/** The kind of money that is not told. */
function otherMoney({ money, total: all }: GetCost): string {
  return total(money === 'simulated' ? all.cost : all.simulated)
}
