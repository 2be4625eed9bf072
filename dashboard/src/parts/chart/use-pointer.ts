import { useRef, useState, useSyncExternalStore, type PointerEvent } from 'react'
import { useServices } from '../../app/services.tsx'
import { useTimeRange } from '../../app/time-range.ts'
import type { Intervals } from './model.ts'

/** What the pointer does over a chart. */
export interface ChartPointer {
  /** The interval under the crosshair, which all charts of the page share. */
  readonly at: number | undefined
  /** This is the chart that the pointer is over. */
  readonly isHere: boolean
  /** The intervals that are being dragged over. */
  readonly dragged: readonly [number, number] | undefined
  readonly handlers: {
    readonly onPointerMove: (event: PointerEvent) => void
    readonly onPointerLeave: () => void
    readonly onPointerDown: (event: PointerEvent) => void
    readonly onPointerUp: () => void
  }
}

/** Moves the crosshair of all charts, and looks closer at the time that was dragged over. */
export function useChartPointer({ at: begins, stepMs }: Intervals): ChartPointer {
  const { crosshair } = useServices()
  const { zoom } = useTimeRange()
  const [isHere, setIsHere] = useState(false)
  const [dragged, setDragged] = useState<readonly [number, number]>()
  const isDown = useRef(false)
  const moment = useSyncExternalStore(crosshair.subscribe, crosshair.current)
  const first = begins[0] ?? 0
  const indexAt = (event: PointerEvent): number => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const index = Math.floor((begins.length * (event.clientX - left)) / Math.max(1, width))
    return Math.min(begins.length - 1, Math.max(0, index))
  }
  const at = moment === undefined ? undefined : Math.floor((moment - first) / stepMs)
  return {
    at: at === undefined || at < 0 || at >= begins.length ? undefined : at,
    isHere,
    dragged,
    handlers: {
      onPointerMove(event) {
        const index = indexAt(event)
        setIsHere(true)
        crosshair.move(begins[index])
        if (isDown.current) setDragged(([from] = [index, index]) => [from, index])
      },
      onPointerLeave() {
        setIsHere(false)
        isDown.current = false
        setDragged(undefined)
        crosshair.move(undefined)
      },
      onPointerDown(event) {
        // A finger scrolls.
        if (event.pointerType !== 'mouse' || event.button !== 0) return
        event.preventDefault()
        isDown.current = true
        const index = indexAt(event)
        setDragged([index, index])
      },
      onPointerUp() {
        isDown.current = false
        setDragged(undefined)
        if (dragged === undefined || dragged[0] === dragged[1]) return
        const [from, to] = dragged.toSorted((one, other) => one - other)
        zoom(begins[from ?? 0] ?? 0, (begins[to ?? 0] ?? 0) + stepMs)
      },
    },
  }
}
