import { useSearch } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { GetBudgets } from '../../api/answers.ts'
import { Empty, Failed, Notice } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { counted } from '../../words/numbers.ts'
import { BudgetTable } from './budget-table.tsx'
import { BurnDown } from './burn-down.tsx'
import { FocusCard } from './focus-card.tsx'
import { HeldBack } from './held-back.tsx'
import { RaiseDialog } from './raise-dialog.tsx'
import { TopUpsCard } from './top-ups-card.tsx'
import { useBudgets, type Budget } from './use-budgets.ts'

/** Will we overrun, and what happens then? */
export function BudgetsPage(): ReactNode {
  const { budget: focus } = useSearch({ from: '/budgets' })
  const { data, error, refetch } = useBudgets(focus)
  const [raising, setRaising] = useState<Budget>()
  return (
    <main id="main">
      <PageHead
        title="Budgets & limits"
        answer={data === undefined ? 'Reading the budgets.' : answerOf(data)}
      />
      {error === null ? null : (
        <Failed error={error} what="Budgets could not be read." retry={() => void refetch()} />
      )}
      {data?.more_accounts === true ? (
        <Notice tone="info">There are more keys than are looked at here: the budgets of 200 are told.</Notice>
      ) : null}
      {data === undefined ? (
        <BudgetTable budgets={undefined} chosen={undefined} />
      ) : (
        <Told budgets={data} onRaise={setRaising} />
      )}
      {raising === undefined ? null : <RaiseDialog budget={raising} onClose={() => setRaising(undefined)} />}
    </main>
  )
}

/** What is told once it is known. */
function Told({
  budgets: { data, focus, at, limits, top_ups: topUps },
  onRaise,
}: {
  readonly budgets: GetBudgets
  readonly onRaise: (budget: Budget) => void
}): ReactNode {
  const chosen = data.find(({ id }) => id === focus?.id)
  return (
    <>
      {data.length === 0 ? <NoBudget /> : null}
      {chosen === undefined || focus === undefined ? null : (
        <div className="grid fill">
          <BurnDown budget={chosen} detail={focus} now={Date.parse(at)} />
          <FocusCard budget={chosen} detail={focus} onRaise={() => onRaise(chosen)} />
        </div>
      )}
      {data.length === 0 ? null : <BudgetTable budgets={data} chosen={chosen?.id} />}
      <HeldBack limits={limits} />
      {topUps.length === 0 ? null : <TopUpsCard topUps={topUps} budgets={data} />}
    </>
  )
}

function NoBudget(): ReactNode {
  return (
    <section className="card">
      <Empty title="No budget">
        <p>
          Give a key one when you make it, or declare budgets of projects and keys in the configuration. What
          is spent then shows here, with the day on which it runs out.
        </p>
      </Empty>
    </section>
  )
}

/** The answer in a sentence. */
function answerOf({ data }: GetBudgets): string {
  if (data.length === 0) return 'Nothing is held to a budget.'
  const spent = data.filter(({ state }) => state === 'spent').length
  const short = data.filter(({ state }) => state === 'runs-out').length
  const parts = [
    spent === 0 ? undefined : `${counted(spent, 'budget is', 'budgets are')} spent: requests are refused`,
    short === 0 ? undefined : `${counted(short, 'budget', 'budgets')} of ${data.length} will not last`,
  ].filter((part) => part !== undefined)
  if (parts.length > 0) return `${parts.join(', and ')}.`
  const unknown = data.filter(({ state }) => state === 'unknown').length
  if (unknown === data.length)
    return `Nothing is spent up. Too little is known yet to say whether ${counted(data.length, 'budget')} will last.`
  return `Every budget lasts, as things go${unknown === 0 ? '' : `; of ${unknown} too little is known yet`}.`
}
