import { keepHere, keptHere } from '../app/browser-keep.ts'

/** How light the pages are: as the system has it, unless somebody chose. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'gatehouse.theme'
const THEMES: readonly Theme[] = ['system', 'light', 'dark']

/** What was chosen in this browser. */
export function chosenTheme(): Theme {
  const kept = keptHere(KEY)
  return THEMES.find((theme) => theme === kept) ?? 'system'
}

/** Shows the pages so, from now on and after the next start. */
export function chooseTheme(theme: Theme): void {
  keepHere(KEY, theme)
  applyTheme(theme)
}

const SYSTEM = '(prefers-color-scheme: dark)'

/** Shows the pages so. */
export function applyTheme(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'system' && matchMedia(SYSTEM).matches)
  document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light'
}

/** Follows the system when it changes, unless somebody chose otherwise. */
export function followSystem(): void {
  matchMedia(SYSTEM).addEventListener('change', () => applyTheme(chosenTheme()))
}
