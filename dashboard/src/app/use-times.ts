import { useMemo } from 'react'
import { timeWords, type TimeWords } from '../words/times.ts'
import { usePreference } from './preferences.ts'
import { useServices } from './services.tsx'

/** Words for moments, in the zone that was chosen on top of the page. */
export function useTimes(): TimeWords {
  const zone = usePreference(useServices().zone)
  return useMemo(() => timeWords(zone), [zone])
}
