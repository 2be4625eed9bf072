import { useEffect, useRef } from 'react'
import { keepHere, keptHere } from './browser-keep.ts'

/** What keys do: `j`, `Escape`, or two in a row such as `g r`. */
export type Shortcuts = Readonly<Record<string, (() => void) | undefined>>

/** How long the second of two keys is waited for. */
const PAIR_MS = 1_200
const KEY = 'gatehouse.keys'

/** Single keys can be switched off (WCAG 2.1.4). */
export function areKeysOn(): boolean {
  return keptHere(KEY) !== 'off'
}

export function switchKeys(on: boolean): void {
  keepHere(KEY, on ? 'on' : 'off')
}

/** Listens for single keys as long as the component stands; they rest while a field has the focus, and under a dialog. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts)
  useEffect(() => {
    current.current = shortcuts
  })
  useEffect(() => {
    let first: { readonly key: string; readonly at: number } | undefined
    const onKey = (event: KeyboardEvent): void => {
      if (!areKeysOn() || isElsewhere(event)) return
      const pair =
        first !== undefined && event.timeStamp - first.at < PAIR_MS ? `${first.key} ${event.key}` : ''
      first = { key: event.key, at: event.timeStamp }
      const act = current.current[pair] ?? current.current[event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
}

const FIELDS = 'input, textarea, select, [contenteditable], dialog'
/** What Enter does by itself. */
const PRESSED = 'a, button, summary'

function isElsewhere(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return true
  if (document.querySelector('dialog[open]') !== null) return true
  const { target } = event
  if (!(target instanceof Element)) return false
  return target.closest(FIELDS) !== null || (event.key === 'Enter' && target.closest(PRESSED) !== null)
}
