import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Cost } from '../../parts/cost.tsx'
import { Duration } from '../../parts/measure.tsx'
import { State } from '../../parts/state.tsx'
import type { Column } from '../../parts/table.tsx'
import { Who } from '../../parts/who.tsx'
import { exactAmount } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { tickText, valueText } from '../../words/units.ts'
import { ABILITIES } from './abilities.ts'
import { rateOf } from './price.ts'
import type { ModelLine } from './use-models.ts'

/** A share of fewer calls says nothing. */
const FEW = 20
const MOST_NAMES = 3

/** What the list of models shows of each. */
export const MODEL_COLUMNS: readonly Column<ModelLine>[] = [
  {
    head: 'Model',
    className: 'nowrap',
    cell: (model) => <Name model={model} />,
    sortBy: ({ name }) => name,
  },
  { head: 'Can', className: 'x-minor model-can', cell: (model) => <Can model={model} /> },
  {
    head: 'Context',
    num: true,
    cell: ({ context_tokens: tokens }) => <Tokens tokens={tokens} />,
    sortBy: ({ context_tokens: tokens }) => tokens,
  },
  {
    head: 'Max output',
    num: true,
    className: 'x-minor',
    cell: ({ max_output_tokens: tokens }) => <Tokens tokens={tokens} />,
    sortBy: ({ max_output_tokens: tokens }) => tokens,
  },
  priceColumn('Input / M', 'input'),
  { ...priceColumn('Cached / M', 'cache_read'), className: 'x-minor' },
  priceColumn('Output / M', 'output'),
  { head: 'State', className: 'nowrap', cell: (model) => <Standing model={model} /> },
  {
    head: 'Requests',
    num: true,
    cell: ({ lately: { requests } }) => (requests === 0 ? <span className="soft">0</span> : count(requests)),
    sortBy: ({ lately: { requests } }) => requests,
  },
  {
    head: 'Failed',
    num: true,
    cell: ({ lately }) => <FailedShare lately={lately} />,
    sortBy: ({ lately: { calls, failed } }) => (calls < FEW ? undefined : failed / calls),
  },
  timeColumn('p50', 'duration_p50_ms'),
  timeColumn('p95', 'duration_p95_ms'),
  {
    head: 'Cost',
    num: true,
    className: 'nowrap',
    cell: ({ lately }) => <LatelyCost lately={lately} />,
    sortBy: ({ lately: { cost } }) => Number(cost.nano_usd),
  },
]

/** What was spent on it: real money, or invented where there was no other. */
function LatelyCost({
  lately: { cost, simulated, estimated },
}: {
  readonly lately: ModelLine['lately']
}): ReactNode {
  return cost.nano_usd === '0' && simulated.nano_usd !== '0' ? (
    <Cost cost={simulated} simulated digits="sum" />
  ) : (
    <Cost cost={cost} estimated={estimated} digits="sum" />
  )
}

/** How it does now, as real traffic has shown it. */
function Standing({ model: { state, quiet_ms: quietMs } }: { readonly model: ModelLine }): ReactNode {
  if (state === 'resting') return <State tone="warn">resting</State>
  return quietMs === undefined ? <span className="soft">not asked yet</span> : <State tone="good">well</State>
}

function Name({
  model: { name, names, lately, retires_on: ends, retires_at_earliest: atEarliest },
}: {
  readonly model: ModelLine
}): ReactNode {
  const more = names.length - MOST_NAMES
  const led = names.slice(0, MOST_NAMES).map((one) => one.name)
  const ending = ends === undefined || atEarliest === true ? undefined : `retires ${ends}`
  return (
    <>
      <Link to="/models/$name" params={{ name }} className="strong">
        {lately.calls === 0 ? name : <Who name={name} />}
      </Link>
      <span className="sub">
        {[...led, ...(more > 0 ? [`${more} more`] : [])].join(', ')}
        {ending === undefined ? null : (
          <span className="warn">
            {led.length === 0 ? '' : '; '}
            {ending}
          </span>
        )}
      </span>
    </>
  )
}

function Can({ model: { can } }: { readonly model: ModelLine }): ReactNode {
  if (can.length === 0) return <None />
  const text = can.map((ability) => ABILITIES[ability]).join(', ')
  return (
    <span className="small" title={text}>
      {text}
    </span>
  )
}

function Tokens({ tokens }: { readonly tokens: number | undefined }): ReactNode {
  return tokens === undefined ? <None /> : <span title={count(tokens)}>{tickText(tokens, 'tokens')}</span>
}

function priceColumn(head: string, rate: string): Column<ModelLine> {
  return {
    head,
    num: true,
    className: 'nowrap',
    cell: ({ price, simulated }) => {
      const found = rateOf(price, rate)
      if (price === null) return rate === 'input' ? <Cost cost="unpriced" /> : <None />
      if (found === undefined) return <None />
      return <span className={simulated ? 'simulated' : ''}>{exactAmount(found.price)}</span>
    },
    sortBy: ({ price }) => {
      const found = rateOf(price, rate)
      return found === undefined ? undefined : Number(found.price.nano_usd)
    },
  }
}

function timeColumn(head: string, measure: 'duration_p50_ms' | 'duration_p95_ms'): Column<ModelLine> {
  return {
    head,
    num: true,
    className: measure === 'duration_p50_ms' ? 'nowrap x-minor' : 'nowrap',
    cell: ({ lately }) => {
      const ms = lately[measure]
      return ms === undefined ? <None /> : <Duration ms={ms} />
    },
    sortBy: ({ lately }) => lately[measure],
  }
}

function FailedShare({ lately: { calls, failed } }: { readonly lately: ModelLine['lately'] }): ReactNode {
  if (calls === 0) return <None />
  if (failed === 0) return <span className="soft">0</span>
  return <span className="bad">{calls < FEW ? count(failed) : valueText(failed / calls, 'share')}</span>
}

function None(): ReactNode {
  return <span className="soft">–</span>
}
