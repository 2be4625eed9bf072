import type { ReactNode } from 'react'
import { compareTexts } from '../../words/compare-texts.ts'
import type { Column } from './use-runs.ts'

/** The latest answers of the first two columns, word by word. */
export function CompareCard({ columns }: { readonly columns: readonly Column[] }): ReactNode {
  const [first, second] = columns
  const one = first?.answers.at(-1)?.text ?? ''
  const other = second?.answers.at(-1)?.text ?? ''
  if (one === '' || other === '') return null
  const pieces = compareTexts(one, other)
  const common = pieces.filter(({ of }) => of === 'both').reduce((sum, { text }) => sum + text.length, 0)
  const share = Math.round((200 * common) / (one.length + other.length))
  return (
    <section className="card" aria-label="The texts compared">
      <header>
        <h2>The texts compared</h2>
        <span className="small soft">
          {one === other ? 'The same, to the letter.' : `${share} % of the letters are in both.`}
        </span>
      </header>
      <p className="body words compared">
        {pieces.map(({ text, of }, index) => {
          if (of === 'both') return <span key={index}>{text}</span>
          return of === 'first' ? (
            <del key={index} title={`only ${first?.model}`}>
              {text}
            </del>
          ) : (
            <ins key={index} title={`only ${second?.model}`}>
              {text}
            </ins>
          )
        })}
      </p>
      <footer>
        <del>Struck out</del> is said by {first?.model} alone, <ins>underlined</ins> by {second?.model} alone.
      </footer>
    </section>
  )
}
