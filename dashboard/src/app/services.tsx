import { createContext, use } from 'react'
import type { Ask, ReadText } from '../api/ask.ts'
import type { Live } from '../api/live.ts'
import type { TokenKeeper } from '../session/token.ts'
import type { Zone } from '../words/times.ts'
import type { Crosshair } from './crosshair.ts'
import type { Palette } from './palette.ts'
import type { Preference } from './preferences.ts'

/** What every page may use, handed down from the beginning. */
export interface Services {
  readonly ask: Ask
  readonly readText: ReadText
  readonly live: Live
  readonly tokens: TokenKeeper
  readonly palette: Palette
  readonly crosshair: Crosshair
  /** In which zone times are shown. */
  readonly zone: Preference<Zone>
}

export const ServicesContext = createContext<Services | undefined>(undefined)

/** The services of this page. Throws where there are none, which is a defect. */
export function useServices(): Services {
  const services = use(ServicesContext)
  if (services === undefined) throw new Error('a page stands outside of the dashboard')
  return services
}
