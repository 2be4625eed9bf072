import { useState, type ReactNode } from 'react'
import { Cost } from '../../parts/cost.tsx'
import { Field } from '../../parts/field.tsx'
import { Table, type Column } from '../../parts/table.tsx'
import { exactAmount } from '../../words/money.ts'
import { count } from '../../words/numbers.ts'
import { costOf, rateWord, SOURCES } from './price.ts'
import type { ModelLine, ModelPrice } from './use-models.ts'

type Rate = ModelPrice['rates'][number]
/** A rate, and of which kind of request. */
interface Line {
  readonly rate: Rate
  readonly when: string
}

const COLUMNS: readonly Column<Line>[] = [
  { head: 'For', cell: ({ rate }) => rateWord(rate.rate) },
  { head: 'When', cell: ({ when }) => <span className="soft">{when}</span> },
  { head: 'Price', num: true, cell: ({ rate }) => exactAmount(rate.price) },
  {
    head: 'Of',
    className: 'nowrap',
    cell: ({ rate: { per } }) => <span className="soft">{per === 1 ? 'one' : 'a million'}</span>,
  },
]

/** What it costs, by whose word, and what a request of a size would come to. */
export function PriceCard({ model: { price, name } }: { readonly model: ModelLine }): ReactNode {
  return (
    <section className="card c7" aria-labelledby="h-price">
      <header>
        <h2 id="h-price">What it costs</h2>
      </header>
      {price === null ? (
        <div className="body">
          <p>
            No price is known. Its requests are counted as <span className="unpriced">unpriced</span>, never
            as free; a price under <code>models</code> of the configuration, as <code>{name}</code>, sets one.
          </p>
        </div>
      ) : (
        <>
          <Table
            label="Prices"
            columns={COLUMNS}
            rows={linesOf(price)}
            keyOf={({ rate, when }) => `${rate.rate} ${when}`}
          />
          <Calculator price={price} />
          <footer>
            By {SOURCES[price.source]}: <code>{price.id}</code>.{serviceText(price)}
          </footer>
        </>
      )}
    </section>
  )
}

function linesOf({ rates, tiers, service }: ModelPrice): Line[] {
  return [
    ...rates.map((rate) => ({ rate, when: 'usually' })),
    ...tiers.flatMap((tier) =>
      tier.rates.map((rate) => ({ rate, when: `above ${count(tier.above_input_tokens)} input tokens` })),
    ),
    ...service.flatMap((one) => (one.rates ?? []).map((rate) => ({ rate, when: `served as ${one.tier}` }))),
  ]
}

function serviceText({ service }: ModelPrice): string {
  const times = service.flatMap(({ tier, times: by }) => (by === undefined ? [] : [`${tier} × ${by}`]))
  return times.length === 0 ? '' : ` Other service, times the usual price: ${times.join(', ')}.`
}

const FIRST = { input: '10000', cached: '0', output: '1000' } as const

/** What would a request of this size cost? */
function Calculator({ price }: { readonly price: ModelPrice }): ReactNode {
  const [texts, setTexts] = useState<Readonly<Record<keyof typeof FIRST, string>>>(FIRST)
  const asked = {
    input: tokensIn(texts.input),
    cached: tokensIn(texts.cached),
    output: tokensIn(texts.output),
  }
  const { input, cached, output } = asked
  const cost =
    input === undefined || cached === undefined || output === undefined
      ? undefined
      : costOf({ input, cached, output }, price)
  const field = (name: keyof typeof FIRST, label: string): ReactNode => (
    <Field
      name={name}
      label={label}
      inputMode="numeric"
      value={texts[name]}
      error={asked[name] === undefined ? 'a whole number of tokens' : undefined}
      onChange={({ target }) => setTexts({ ...texts, [name]: target.value })}
    />
  )
  return (
    <div className="body ruled-top">
      <h3 className="label">What would a request cost?</h3>
      <div className="model-sum">
        {field('input', 'Input tokens')}
        {field('cached', 'Of those, cached')}
        {field('output', 'Output tokens')}
        <div className="field">
          <span className="label">It comes to</span>
          <output className="model-cost">
            {cost === undefined ? (
              '–'
            ) : (
              <Cost cost={cost} simulated={price.source === 'simulated'} digits="all" />
            )}
          </output>
        </div>
      </div>
    </div>
  )
}

/** Undefined where it is no whole number that fits a request. */
function tokensIn(text: string): number | undefined {
  const plain = text.replaceAll(/[\s,_]/g, '')
  return /^\d{1,9}$/.test(plain) ? Number(plain) : undefined
}
