import type { ReactNode } from 'react'
import type { Lane } from './model.ts'

/** Who is who, in the order in which they stand on each other, with what they come to. */
export function Legend({ lanes }: { readonly lanes: readonly Lane[] }): ReactNode {
  return (
    <span className="legend">
      {lanes.flatMap(({ kind, series, isOwnScale }) =>
        series.map(({ name, colour, total, look }) => (
          <span key={name} className="who">
            <span
              className={
                kind === 'bars' ? `swatch ${look ?? ''}` : `key-line ${look === 'dashed' ? 'dash' : ''}`
              }
              style={{ '--c': colour }}
            />
            {[name, total, isOwnScale === true ? '(own scale)' : undefined].filter(Boolean).join(' ')}
          </span>
        )),
      )}
    </span>
  )
}
