import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { Cost } from '../../parts/cost.tsx'
import { picoAmount } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { NothingSent, Receipt, ReceiptFacts } from './receipt.tsx'

type ReceiptTold = NonNullable<GetRequestsId['receipt']>
type Bill = ReceiptTold['attempts'][number]

/** Why the sum is what it is: each unit of each attempt at its price, and what was asked on behalf of the request. */
export function ReceiptCard({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { receipt } = request
  return (
    <section className="card" aria-labelledby="h-receipt">
      <header>
        <h2 id="h-receipt">Receipt</h2>
        <span className="badge">{kindOfMoney(request)}</span>
      </header>
      <div className="body stack">
        {receipt === undefined ? (
          <Receipt request={request} />
        ) : (
          <Itemised receipt={receipt} request={request} />
        )}
        <ReceiptFacts rows={request.attempt_rows} saved={request.saved} again={receipt?.cache} />
      </div>
    </section>
  )
}

/** Whether the sum is the bill, an estimate or invented, in a word. */
export function kindOfMoney({ cost, estimated, simulated }: GetRequestsId): string {
  if (cost === 'unpriced') return 'unpriced'
  const words = [simulated ? 'simulated' : '', estimated ? 'estimated' : ''].filter((word) => word !== '')
  return words.length === 0 ? 'settled' : words.join(', ')
}

function Itemised({
  receipt,
  request,
}: {
  readonly receipt: ReceiptTold
  readonly request: GetRequestsId
}): ReactNode {
  const { attempts, asked } = receipt
  const { cost, estimated, simulated } = request
  return (
    <div className="sum">
      {attempts.map((bill) => (
        <Items key={bill.id} bill={bill} isAlone={attempts.length === 1} />
      ))}
      {attempts.length === 0 ? <NothingSent receipt={receipt} /> : null}
      <span className="t">Total</span>
      <span className="t calc" />
      <span className="t r">
        <Cost cost={cost} estimated={estimated} simulated={simulated} digits="all" />
      </span>
      {asked.map((bill) => (
        <Asked key={bill.id} bill={bill} />
      ))}
    </div>
  )
}

const NO_ARITHMETIC: Readonly<Record<NonNullable<Bill['no_arithmetic']>, string>> = {
  'no-price': 'no price is known',
  'other-service': 'served otherwise than the price is for',
  'target-gone': 'the plan no longer has its target',
  'price-changed': 'its price is another one now',
}

/** One attempt: its units where the arithmetic is known, else its sum and why there is no more. */
function Items({ bill, isAlone }: { readonly bill: Bill; readonly isAlone: boolean }): ReactNode {
  const { lines, ordinal, outcome, state, simulated, no_arithmetic: why } = bill
  if (lines.length === 0)
    return (
      <>
        <span>Attempt {ordinal}</span>
        <span className="calc">
          {state === 'unused' ? `${outcome}, nothing used` : why === undefined ? '' : NO_ARITHMETIC[why]}
        </span>
        <span className="r">
          <Cost cost={bill.cost} estimated={state === 'estimated'} simulated={simulated} digits="all" />
        </span>
      </>
    )
  return (
    <>
      {isAlone ? null : <span className="whole">Attempt {ordinal}</span>}
      {lines.map((line) => (
        <Line key={line.unit} line={line} />
      ))}
      {bill.rounded_up_pico_usd === '0' ? null : (
        <>
          <span className="soft">Rounded up</span>
          <span className="calc" />
          <span className="r soft">{picoAmount(bill.rounded_up_pico_usd)}</span>
        </>
      )}
    </>
  )
}

function Line({
  line: { unit, quantity, price_usd: price, per, amount_pico_usd: amount },
}: {
  readonly line: Bill['lines'][number]
}): ReactNode {
  return (
    <>
      <span>{unit.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase())}</span>
      <span className="calc">
        {count(quantity)} × {priceText(price)}
        {per === 1 ? '' : ` / ${perText(per)}`}
      </span>
      <span className="r">{picoAmount(amount)}</span>
    </>
  )
}

/** At least cents, and no zeros behind the last digit. */
function priceText(usd: string): string {
  return `$${usd.replace(/(\.\d\d\d*?)0+$/, '$1')}`
}

function perText(per: number): string {
  return per === 1_000_000 ? '1M' : per === 1_000 ? '1K' : count(per)
}

/** What the gateway asked of its own accord for the sake of this request: it is paid beside it, and not part of its cost. */
function Asked({ bill }: { readonly bill: Bill }): ReactNode {
  return (
    <>
      <span>
        <Link to="/requests/$id" params={{ id: bill.request_id }}>
          {bill.purpose ?? 'asked'}
        </Link>
      </span>
      <span className="calc">{bill.target}, beside it</span>
      <span className="r">
        <Cost
          cost={bill.cost}
          estimated={bill.state === 'estimated'}
          simulated={bill.simulated}
          digits="all"
        />
      </span>
    </>
  )
}
