import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { isRange, RANGES, USUAL_RANGE, type Range } from './range.ts'

/** How far back the page looks; it stands in the address. */
export function RangePicker({ range }: { readonly range: Range }): ReactNode {
  const navigate = useNavigate({ from: '/' })
  const choose = (text: string): void => {
    if (isRange(text)) void navigate({ search: text === USUAL_RANGE ? {} : { range: text } })
  }
  return (
    <span className="picker">
      <Icon name="clock" />
      {RANGES[range]}
      <Icon name="down" small />
      <select aria-label="Time range" value={range} onChange={(event) => choose(event.target.value)}>
        {Object.entries(RANGES).map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </span>
  )
}
