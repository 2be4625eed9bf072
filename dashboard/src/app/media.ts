import { useSyncExternalStore } from 'react'

/** Whether the window is as a media query says, now and when it changes. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query)
      list.addEventListener('change', changed)
      return () => list.removeEventListener('change', changed)
    },
    () => matchMedia(query).matches,
  )
}

/** Wide enough for a peek beside the list. */
export const PEEK_FITS = '(min-width: 1241px)'
