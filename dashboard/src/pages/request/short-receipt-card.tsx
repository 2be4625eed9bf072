import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { Receipt } from './receipt.tsx'
import { kindOfMoney } from './receipt-card.tsx'

/** What each attempt cost, and the way to the arithmetic. */
export function ShortReceiptCard({ request }: { readonly request: GetRequestsId }): ReactNode {
  return (
    <section className="card" aria-labelledby="h-receipt">
      <header>
        <h2 id="h-receipt">Receipt</h2>
        <span className="badge">{kindOfMoney(request)}</span>
      </header>
      <div className="body">
        <Receipt request={request} />
      </div>
      <footer>
        <Link
          from="/requests/$id"
          to="/requests/$id"
          params={{ id: request.id }}
          search={(before) => ({ ...before, tab: 'receipt' })}
          resetScroll={false}
        >
          Unit by unit, at its price
        </Link>
      </footer>
    </section>
  )
}
