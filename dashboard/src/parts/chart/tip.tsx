import type { ReactNode } from 'react'
import { valueText } from '../../words/units.ts'
import type { Lane } from './model.ts'

export interface TipProps {
  readonly lanes: readonly Lane[]
  readonly index: number
  readonly many: number
  readonly when: string
}

const MOST = 10

/** What stands in an interval, the most first. */
export function Tip({ lanes, index, many, when }: TipProps): ReactNode {
  const lines = lanes.flatMap(({ series, unit }) =>
    series
      .flatMap(({ name, colour, values }) => {
        const value = values[index] ?? null
        return value === null ? [] : [{ name, colour, value, text: valueText(value, unit) }]
      })
      .toSorted((one, other) => other.value - one.value),
  )
  const part = (index + 0.5) / many
  return (
    <div className={part > 0.5 ? 'tip before' : 'tip'} style={{ '--x': `${100 * part}%` }} aria-hidden="true">
      <div className="soft">{when}</div>
      <table>
        <tbody>
          {lines.slice(0, MOST).map(({ name, colour, text }) => (
            <tr key={name}>
              <td>
                <span className="who">
                  <span className="swatch" style={{ '--c': colour }} />
                  {name}
                </span>
              </td>
              <td className="num">{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {lines.length === 0 ? 'nothing is known' : null}
    </div>
  )
}
