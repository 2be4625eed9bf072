import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetCost } from '../../api/answers.ts'
import { total } from '../../words/money.ts'
import { counted } from '../../words/numbers.ts'

const SAYS: Readonly<Record<GetCost['waste']['losses'][number]['loss'], string>> = {
  failed: 'failed, and nobody answered',
  abandoned: 'the client left',
  retried: 'failed, and another call answered',
  hedged: 'another call beside it was quicker',
  beside: 'asked by the gateway itself: judges, shadows, checks, vectors',
}

/** Money that bought no answer, and money that was saved. */
export function WasteCard({ cost }: { readonly cost: GetCost | undefined }): ReactNode {
  return (
    <section className="card c4" aria-labelledby="h-waste">
      <header>
        <h2 id="h-waste">Wasted and saved</h2>
      </header>
      <div className="body">
        {cost === undefined ? (
          <span className="sk" />
        ) : (
          <dl className="facts amounts">
            {cost.waste.losses.length === 0 ? (
              <>
                <dt>Nothing was paid without an answer</dt>
                <dd>$0</dd>
              </>
            ) : null}
            {cost.waste.losses.map(({ loss, amount, attempts, q }) => (
              <div key={loss} className="pass">
                <dt>
                  <Link to="/requests" search={(before) => ({ from: before.from, to: before.to, q })}>
                    {SAYS[loss]}
                  </Link>{' '}
                  <span className="small">{counted(attempts, 'call')}</span>
                </dt>
                <dd>{total(amount)}</dd>
              </div>
            ))}
            <dt>Saved by caches of providers</dt>
            <dd>{cost.saved.provider_caches === undefined ? '–' : total(cost.saved.provider_caches)}</dd>
            <dt>Saved by beginning with a cheaper model</dt>
            <dd>{cost.saved.rungs === undefined ? '–' : total(cost.saved.rungs)}</dd>
            <dt>
              Saved by <Link to="/cache">answers that were kept</Link>
            </dt>
            <dd>{cost.saved.kept_answers === undefined ? '–' : total(cost.saved.kept_answers)}</dd>
          </dl>
        )}
      </div>
    </section>
  )
}
