import { useState } from 'react'
import { useShortcuts } from '../app/use-shortcuts.ts'

export interface RowWalkOptions {
  /** The rows in their order, by what `data-id` of each says. */
  readonly ids: readonly string[]
  /** The row that is marked, where the page knows; absent: the one that keys came to. */
  readonly current?: string | undefined
  /** Told of each row that keys come to. */
  readonly onMove?: (id: string) => void
  /** Enter or `o`. */
  readonly onOpen: (id: string) => void
  /** `x`. */
  readonly onCheck?: (id: string) => void
}

/** The row that keys came to. */
export interface RowWalk {
  readonly marked: string | undefined
  readonly mark: (id: string) => void
}

/** Keys of a list: `j` and `k` go from row to row, Enter and `o` open one, `x` selects it, `.` is its menu. One list of a page has them. */
export function useRowWalk({ ids, current, onMove, onOpen, onCheck }: RowWalkOptions): RowWalk {
  const [reached, setReached] = useState<string>()
  const marked = current ?? reached
  const move = (step: number): void => {
    const index = ids.findIndex((id) => id === marked)
    const id = ids[index < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, index + step))]
    if (id === undefined) return
    setReached(id)
    onMove?.(id)
    rowOf(id)?.scrollIntoView({ block: 'nearest' })
  }
  const withMarked = (act: ((id: string) => void) | undefined) => (): void => {
    if (marked !== undefined) act?.(marked)
  }
  const open = withMarked(onOpen)
  const menu = marked === undefined ? undefined : rowOf(marked)?.querySelector('[aria-haspopup=menu]')
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    Enter: open,
    o: open,
    x: onCheck && withMarked(onCheck),
    '.': menu instanceof HTMLElement ? () => menu.click() : undefined,
  })
  return { marked, mark: setReached }
}

function rowOf(id: string): Element | null {
  return document.querySelector(`[data-id="${CSS.escape(id)}"]`)
}
