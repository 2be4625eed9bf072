import type { ReactNode } from 'react'
import { Spark } from './spark.tsx'

export interface TileProps {
  readonly label: string
  /** Absent: not known yet. */
  readonly figure: string | undefined
  /** Behind the figure, set back: `%`, `s`. */
  readonly unit?: string | undefined
  /** How it moved, or what else is to be known of it. */
  readonly note?: ReactNode
  readonly spark?: readonly (number | null)[] | undefined
  readonly unfinished?: number | undefined
}

/** A figure, how it moved, and how it came about. Tiles stand in `<section className="tiles">`. */
export function Tile({ label, figure, unit, note, spark, unfinished }: TileProps): ReactNode {
  return (
    <div className="tile">
      <div className="label">{label}</div>
      <div className="figure">
        {figure ?? <span className="sk" />}
        {unit === undefined ? null : <small> {unit}</small>}
      </div>
      <div className="delta">{note ?? ' '}</div>
      {spark === undefined ? null : <Spark values={spark} unfinished={unfinished} />}
    </div>
  )
}
