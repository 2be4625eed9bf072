import type { ReactNode } from 'react'
import { Cost } from '../../parts/cost.tsx'
import { Wide } from '../../parts/wide.tsx'
import { count, durationText } from '../../words/numbers.ts'
import { sumOf, type Money } from '../../words/money.ts'
import { middle, type Answer, type Over } from './answer.ts'

/** What several answers to the same question have apart. */
export function Spread({ answers }: { readonly answers: readonly Answer[] }): ReactNode {
  const overs = answers.flatMap(({ over, failure }) =>
    over === undefined || failure !== undefined ? [] : [over],
  )
  const failed = answers.filter(({ failure }) => failure !== undefined).length
  const texts = new Set(answers.filter(({ state }) => state === 'over').map(({ text }) => text)).size
  const rows: readonly (readonly [string, readonly number[], (figure: number) => string])[] = [
    ['First word', overs.flatMap(({ firstMs }) => firstMs ?? []), durationText],
    ['In all', overs.map(({ totalMs }) => totalMs), durationText],
    ['Tokens/s', overs.flatMap(({ perSecond }) => perSecond ?? []), count],
    ['Out', overs.map(({ outputTokens }) => outputTokens), count],
  ]
  return (
    <div className="spread">
      <p className="small soft">
        {overs.length} of {answers.length} answered{failed === 0 ? '' : `, ${failed} failed`}, {texts}{' '}
        different {texts === 1 ? 'text' : 'texts'}, together <Together overs={overs} />
      </p>
      <Wide label="Spread of the answers">
        <table className="data">
          <thead>
            <tr>
              <th scope="col">
                <span className="vh">Figure</span>
              </th>
              <th scope="col" className="num">
                Least
              </th>
              <th scope="col" className="num">
                Middle
              </th>
              <th scope="col" className="num">
                Most
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, figures, tell]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {[Math.min(...figures), middle(figures), Math.max(...figures)].map((figure, index) => (
                  <td key={index} className="num">
                    {figure === undefined || !Number.isFinite(figure) ? '–' : tell(figure)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </div>
  )
}

function Together({ overs }: { readonly overs: readonly Over[] }): ReactNode {
  const costs = overs.flatMap(({ cost }): Money[] =>
    cost === undefined || cost === 'unpriced' ? [] : [cost],
  )
  return <Cost cost={sumOf(costs)} simulated={overs.some(({ simulated }) => simulated)} />
}
