import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { LiveEvent, LiveState } from '../api/live.ts'
import { useServices } from './services.tsx'

/** Whether what happens is told at once. */
export function useLiveState(): LiveState {
  const { live } = useServices()
  return useSyncExternalStore(live.subscribe, live.state)
}

/** Listens to what the gateway tells as long as the component stands. */
function useLive(onEvent: (event: LiveEvent) => void): void {
  const { live } = useServices()
  const current = useRef(onEvent)
  useEffect(() => {
    current.current = onEvent
  })
  useEffect(() => live.listen((event) => current.current(event)), [live])
}

/**
 * Asks again for what has been asked, when something has happened: at once, and then no sooner than so many milliseconds later.
 *
 * @param key the beginning of the keys of the queries
 */
export function useFresh(key: string, everyMs: number): void {
  const queries = useQueryClient()
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const dueAt = useRef(0)
  useLive(() => {
    if (timer.current !== undefined) return
    const waitMs = Math.max(0, dueAt.current - performance.now())
    timer.current = setTimeout(() => {
      timer.current = undefined
      dueAt.current = performance.now() + everyMs
      void queries.invalidateQueries({ queryKey: [key] })
    }, waitMs)
  })
  useEffect(() => () => clearTimeout(timer.current), [])
}
