import type { ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { DIMENSIONS, ROW_DIMENSIONS, type Dimension } from './cost-search.ts'
import { useCostSearch } from './use-cost.ts'

/** What is told apart, and in which rows. */
export function Picks(): ReactNode {
  const { by, rows, choose } = useCostSearch()
  return (
    <div className="row cost-picks">
      <Pick
        label="Stack by"
        value={by}
        options={Object.keys(DIMENSIONS).filter(isDimension)}
        onChoose={(dimension) => choose({ by: dimension })}
      />
      <Pick
        label="Rows"
        value={rows}
        options={ROW_DIMENSIONS}
        onChoose={(dimension) => choose({ rows: dimension })}
      />
    </div>
  )
}

function isDimension(name: string): name is Dimension {
  return Object.hasOwn(DIMENSIONS, name)
}

function Pick({
  label,
  value,
  options,
  onChoose,
}: {
  readonly label: string
  readonly value: Dimension
  readonly options: readonly Dimension[]
  readonly onChoose: (dimension: Dimension) => void
}): ReactNode {
  return (
    <span className="picker">
      <span className="soft">{label}</span> {DIMENSIONS[value]}
      <Icon name="down" small />
      <select
        aria-label={label}
        value={value}
        onChange={({ target }) => void (isDimension(target.value) && onChoose(target.value))}
      >
        {options.map((one) => (
          <option key={one} value={one}>
            {DIMENSIONS[one]}
          </option>
        ))}
      </select>
    </span>
  )
}
