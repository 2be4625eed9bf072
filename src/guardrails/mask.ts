import type { Detector } from './detector.ts'
import { createLookThrough } from './look-through.ts'
import { replaceFound } from './replace-found.ts'

/** How often something was found, by the name of its detector. */
export type FoundCounts = Record<string, number>

/** Puts marks such as `[email]` in the place of what detectors find in a text. Counts what it masks. */
export type MaskText = (text: string, counts: FoundCounts) => string

/** Creates what masks texts. */
export function createMask(detectors: readonly Detector[]): MaskText {
  const looker = createLookThrough(detectors)
  return (text, counts) =>
    replaceFound(text, looker.look(text), ({ name }) => {
      counts[name] = (counts[name] ?? 0) + 1
      return `[${name}]`
    })
}
