import type { ReactNode } from 'react'
import { count } from '../../words/numbers.ts'
import { ABILITIES, type Ability } from './abilities.ts'
import type { ModelLine } from './use-models.ts'

/** What is known of the model. What is not known is said to be so. */
export function FactsCard({ model }: { readonly model: ModelLine }): ReactNode {
  const {
    region,
    operations,
    dialects,
    can,
    cannot,
    retires_on: ends,
    retires_at_earliest: atEarliest,
  } = model
  return (
    <section className="card" aria-labelledby="h-facts">
      <header>
        <h2 id="h-facts">What it can do</h2>
      </header>
      <div className="body">
        <dl className="facts left">
          <Fact name="Can" value={words(can)} />
          <Fact name="Cannot" value={words(cannot)} />
          <Fact name="Asked for" value={operations?.join(', ') ?? 'anything, as far as is known'} />
          <Fact name="Context" value={tokens(model.context_tokens)} />
          {model.max_input_tokens === undefined ? null : (
            <Fact name="Longest question" value={tokens(model.max_input_tokens)} />
          )}
          <Fact name="Longest answer" value={tokens(model.max_output_tokens)} />
          <Fact name="Speaks" value={dialects.join(', ')} />
          {region === undefined ? null : <Fact name="Region" value={region} />}
          {ends === undefined ? null : (
            <Fact name="Retires" value={atEarliest === true ? `not before ${ends}` : ends} />
          )}
        </dl>
      </div>
      <footer>
        From lists kept by others, the provider, and your configuration, which has the last word. What is not
        known excludes nothing.
      </footer>
    </section>
  )
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value === '' ? <span className="soft">not known</span> : value}</dd>
    </>
  )
}

function words(abilities: readonly Ability[]): string {
  return abilities.map((ability) => ABILITIES[ability]).join(', ')
}

function tokens(number: number | undefined): string {
  return number === undefined ? '' : `${count(number)} tokens`
}
