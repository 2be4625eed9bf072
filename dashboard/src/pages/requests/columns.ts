import { useState } from 'react'
import { keepHere, keptHere } from '../../app/browser-keep.ts'

/** Columns that can be chosen, by their heads; those that are usual stand first. */
export const CHOICES = [
  'Cost',
  'Duration',
  'Duration as a bar',
  'Tokens',
  'Key',
  'Answered by',
  'First event',
  'Asked for',
  'Project',
  'Dialect',
  'Plan',
] as const

export type ColumnName = (typeof CHOICES)[number]

const USUAL: readonly ColumnName[] = ['Cost', 'Duration', 'Duration as a bar', 'Tokens', 'Key']
const KEPT = 'gatehouse.request-columns'

/** The columns that are shown beside time, status and route, as this browser keeps them. */
export interface ChosenColumns {
  readonly shown: ReadonlySet<string>
  readonly toggle: (name: ColumnName) => void
  /** Shows what is usual again. */
  readonly reset: () => void
  readonly isUsual: boolean
}

/** Reads and keeps the choice. */
export function useChosenColumns(): ChosenColumns {
  const [names, setNames] = useState<readonly ColumnName[]>(readKept)
  const keep = (next: readonly ColumnName[]): void => {
    setNames(next)
    keepHere(KEPT, areUsual(next) ? undefined : next.join(','))
  }
  return {
    shown: new Set<string>(names),
    toggle: (name) =>
      keep(CHOICES.filter((one) => (one === name ? !names.includes(one) : names.includes(one)))),
    reset: () => keep(USUAL),
    isUsual: areUsual(names),
  }
}

function areUsual(names: readonly ColumnName[]): boolean {
  return names.length === USUAL.length && USUAL.every((name) => names.includes(name))
}

function readKept(): readonly ColumnName[] {
  const kept = keptHere(KEPT)?.split(',')
  return kept === undefined ? USUAL : CHOICES.filter((name) => kept.includes(name))
}
