import type { ReactNode } from 'react'
import { Icon } from '../../parts/icon.tsx'
import { Popover } from '../../parts/popover.tsx'
import { CHOICES, type ChosenColumns } from './columns.ts'

/** Which columns the list shows; kept in this browser. */
export function ColumnsMenu({ columns }: { readonly columns: ChosenColumns }): ReactNode {
  return (
    <Popover
      kind="dialog"
      label="Columns"
      className="btn s phone-hide"
      button={
        <>
          <Icon name="table" />
          Columns
        </>
      }
    >
      {() => (
        <div className="column-choice">
          {CHOICES.map((name) => (
            <label key={name} className="check">
              <input
                type="checkbox"
                checked={columns.shown.has(name)}
                onChange={() => columns.toggle(name)}
              />
              {name}
            </label>
          ))}
          <button type="button" className="btn s" disabled={columns.isUsual} onClick={columns.reset}>
            As usual
          </button>
        </div>
      )}
    </Popover>
  )
}
