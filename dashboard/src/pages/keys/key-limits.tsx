import type { ReactNode } from 'react'
import { Meter } from '../../parts/meter.tsx'
import { total } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import type { KeyLine } from './use-keys.ts'

type KeyBudget = KeyLine['budgets'][number]

/** From this share on a bar warns. */
const NEAR = 0.8

/** How far the limits of a key are used now. */
export function Limits({ line: { limits, used } }: { readonly line: KeyLine }): ReactNode {
  const { rpm, tpm, concurrent } = limits
  if (rpm === undefined && tpm === undefined && concurrent === undefined)
    return <span className="soft">none</span>
  return (
    <>
      <Rate limit={rpm} used={used?.rpm} unit="requests/min" />
      <Rate limit={tpm} used={used?.tpm} unit="tokens/min" />
      {concurrent === undefined ? null : <span className="sub">{count(concurrent)} at once</span>}
    </>
  )
}

function Rate({
  limit,
  used,
  unit,
}: {
  readonly limit: number | undefined
  readonly used: number | undefined
  readonly unit: string
}): ReactNode {
  if (limit === undefined) return null
  return (
    <Capped share={used === undefined ? undefined : used / limit}>
      {count(limit)} {unit}
    </Capped>
  )
}

/** What is spent of each budget of a key in its window. */
export function Budgets({ line: { budgets } }: { readonly line: KeyLine }): ReactNode {
  if (budgets.length === 0) return <span className="soft">none</span>
  return budgets.map((budget) => (
    <Capped key={budget.per} share={shareOf(budget)}>
      {budget.spent === undefined ? '' : `${total(budget.spent)} of `}
      {total(limitOf(budget))} {budget.per === 'total' ? 'in all' : `a ${budget.per}`}
    </Capped>
  ))
}

/** Is nothing left of it? */
export function isSpent(budget: KeyBudget): boolean {
  return (shareOf(budget) ?? 0) >= 1
}

function limitOf({ usd, nano_usd: nano, extra }: KeyBudget): {
  readonly usd: string
  readonly nano_usd: string
} {
  return extra === undefined
    ? { usd, nano_usd: nano }
    : { usd, nano_usd: String(BigInt(nano) + BigInt(extra.nano_usd)) }
}

function shareOf(budget: KeyBudget): number | undefined {
  if (budget.spent === undefined) return undefined
  const most = Number(limitOf(budget).nano_usd)
  return most === 0 ? 1 : Number(budget.spent.nano_usd) / most
}

/** Words under a bar, which is missing where nobody knows. */
function Capped({
  share,
  children,
}: {
  readonly share: number | undefined
  readonly children: ReactNode
}): ReactNode {
  const tone =
    share === undefined || share < NEAR ? 'var(--soft)' : share < 1 ? 'var(--warn-mark)' : 'var(--bad-mark)'
  return (
    <span className="capped">
      <span>{children}</span>
      {share === undefined ? null : (
        <Meter share={share} tone={tone}>
          {(100 * share).toFixed(0)} %
        </Meter>
      )}
    </span>
  )
}
