import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { GetRequestsId } from '../../api/answers.ts'
import { Cost } from '../../parts/cost.tsx'
import { sumOf } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'

type AttemptRow = GetRequestsId['attempt_rows'][number]

/** Units that a bill is made of, in words; what is not used is not shown. */
const UNITS: readonly (readonly [keyof AttemptRow, string])[] = [
  ['input_tokens', 'input'],
  ['cache_read_tokens', 'cached input'],
  ['cache_write_tokens', 'written to the cache'],
  ['cache_write_long_tokens', 'written for an hour'],
  ['input_audio_tokens', 'input audio'],
  ['hidden_input_tokens', 'hidden input'],
  ['output_tokens', 'output'],
  ['reasoning_tokens', 'reasoning'],
  ['output_audio_tokens', 'output audio'],
  ['hidden_output_tokens', 'hidden output'],
  ['web_searches', 'web searches'],
  ['searches', 'searches'],
  ['images', 'images'],
  ['pages', 'pages'],
  ['characters', 'characters'],
  ['seconds', 'seconds'],
]

/** `904 input, 300 cached input, 318 output`. */
export function usedText(row: AttemptRow): string {
  const used = UNITS.flatMap(([unit, word]) => {
    const number = row[unit]
    return typeof number === 'number' && number > 0 ? [`${count(number)} ${word}`] : []
  })
  return used.length === 0 ? 'nothing used' : used.join(', ')
}

/** What each attempt used and cost, and that the sum is the cost of the request. */
export function Receipt({ request }: { readonly request: GetRequestsId }): ReactNode {
  const { attempt_rows: rows, cost, estimated, simulated } = request
  return (
    <div className="sum">
      {rows.map((row) => (
        <ReceiptLine key={row.id} row={row} />
      ))}
      {rows.length === 0 ? <NothingSent {...request} /> : null}
      <span className="t">Total</span>
      <span className="t calc" />
      <span className="t r">
        <Cost cost={cost} estimated={estimated} simulated={simulated} digits="all" />
      </span>
    </div>
  )
}

/** Why nobody was asked, where that is known. */
export function NothingSent({ receipt }: Pick<GetRequestsId, 'receipt'>): ReactNode {
  const blocking = receipt?.guardrails.find(({ verdict, shadow }) => verdict === 'blocked' && !shadow)
  const of = receipt?.replay_of
  if (of !== undefined)
    return (
      <span className="whole">
        The answer of{' '}
        <Link to="/requests/$id" params={{ id: of }}>
          {of}
        </Link>{' '}
        was given again.
      </span>
    )
  if (receipt?.cache !== undefined)
    return <span className="whole">Nothing was sent: the answer came from the cache.</span>
  if (blocking === undefined) return <span className="whole">Nothing was sent.</span>
  return <span className="whole">Nothing was sent: guardrail {blocking.guardrail} blocked it.</span>
}

function ReceiptLine({ row }: { readonly row: AttemptRow }): ReactNode {
  return (
    <>
      <span>Attempt {row.ordinal}</span>
      <span className="calc">{usedText(row)}</span>
      <span className="r">
        <Cost cost={row.cost} estimated={isGuess(row)} simulated={row.simulated} digits="all" />
      </span>
    </>
  )
}

/** Whether the usage is not, or not all, what the provider reported. */
export function isGuess({ basis }: AttemptRow): boolean {
  return basis !== 'reported' && basis !== 'none'
}

/** Facts behind the sum. */
export function ReceiptFacts({
  rows,
  saved,
  again,
}: {
  readonly rows: readonly AttemptRow[]
  readonly saved: GetRequestsId['saved']
  /** Where the answer was given again. */
  readonly again: NonNullable<GetRequestsId['receipt']>['cache']
}): ReactNode {
  const bases = [...new Set(rows.map(({ basis }) => basis))].join(', ')
  const prices = [...new Set(rows.flatMap(({ price_id: id }) => (id === undefined ? [] : [id])))].join(', ')
  const charged = rows.flatMap((row) => (row.charged === undefined ? [] : [row.charged]))
  return (
    <dl className="facts small">
      {bases === '' ? null : <Fact name="Usage is" value={bases} />}
      {prices === '' ? null : <Fact name="Price" value={prices} />}
      {charged.length === 0 ? null : (
        <Fact name="Charged to budgets" value={<Cost cost={sumOf(charged)} digits="all" />} />
      )}
      {saved === undefined ? null : (
        <Fact
          name={again === undefined ? 'Saved against the last rung' : 'Saved by the cache'}
          value={<Cost cost={saved} digits="all" />}
        />
      )}
      {again?.first_request_id === undefined ? null : (
        <Fact
          name="First given to"
          value={
            <Link to="/requests/$id" params={{ id: again.first_request_id }}>
              {again.first_request_id}
            </Link>
          }
        />
      )}
    </dl>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: ReactNode }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
