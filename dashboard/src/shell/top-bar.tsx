import { useRouterState } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import { usePreference } from '../app/preferences.ts'
import { useServices } from '../app/services.tsx'
import { Icon } from '../parts/icon.tsx'
import { timeWords } from '../words/times.ts'
import { LiveDot } from './live-dot.tsx'
import { ALL_PLACES } from './places.ts'
import { RangePicker } from './range-picker.tsx'
import { chooseTheme, chosenTheme, type Theme } from './theme.ts'

const NAMES: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' }
const THEMES: readonly Theme[] = ['system', 'light', 'dark']

const isApple = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Search, what is global, and the way to the navigation where that is a drawer. */
export function TopBar({
  onMenu,
  onSearch,
}: {
  readonly onMenu: () => void
  readonly onSearch: () => void
}): ReactNode {
  const path = useRouterState({ select: ({ location }) => location.pathname })
  const hasTime = ALL_PLACES.some((place) => place.to === path && place.hasTime === true)
  return (
    <header className="top">
      <button type="button" className="menu-button" aria-label="Open navigation" onClick={onMenu}>
        <Icon name="menu" />
      </button>
      <button type="button" className="search" onClick={onSearch}>
        <Icon name="search" />
        <span className="words">Search, or paste a req_ id</span>
        <kbd aria-hidden="true">{isApple() ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <span className="push" />
      <LiveDot />
      {hasTime ? <RangePicker /> : null}
      <ZoneButton />
      <ThemePicker />
    </header>
  )
}

function ZoneButton(): ReactNode {
  const { zone } = useServices()
  const chosen = usePreference(zone)
  const other = chosen === 'UTC' ? 'local' : 'UTC'
  return (
    <button
      type="button"
      className="picker wide-only"
      title={`Times are in ${timeWords(chosen).zoneName}. Show them in ${timeWords(other).zoneName}.`}
      onClick={() => zone.choose(other)}
    >
      {chosen === 'UTC' ? 'UTC' : 'Local'}
    </button>
  )
}

function ThemePicker(): ReactNode {
  const [theme, setTheme] = useState(chosenTheme)
  const choose = (text: string): void => {
    const chosen = THEMES.find((one) => one === text) ?? 'system'
    chooseTheme(chosen)
    setTheme(chosen)
  }
  return (
    <span className="picker">
      <span className="theme-light-only">
        <Icon name="sun" />
      </span>
      <span className="theme-dark-only">
        <Icon name="moon" />
      </span>
      <Icon name="down" small />
      <select aria-label="Theme" value={theme} onChange={(event) => choose(event.target.value)}>
        {THEMES.map((one) => (
          <option key={one} value={one}>
            {NAMES[one]}
          </option>
        ))}
      </select>
    </span>
  )
}
