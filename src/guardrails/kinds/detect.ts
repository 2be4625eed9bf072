import { z } from 'zod'
import { createDetectors, GUESSING_DETECTORS } from '../all.ts'
import { createLookThrough } from '../look-through.ts'
import { defineKind } from './kind.ts'

/** Detectors of a kind, all at once. */
const GROUPS = { personal: 'personal', secrets: 'secret' } as const

const NAMES = [...createDetectors([]), ...GUESSING_DETECTORS].map(({ name }) => name)
const WORDS = [...Object.keys(GROUPS), ...NAMES]
const SOME = 'at least one detector'

/** Personal data and secrets, by the detectors that find them. */
export const detect = defineKind({
  name: 'detect',
  summary: `personal data and secrets, by detectors: ${WORDS.join(', ')}`,
  options: z
    .array(z.enum(WORDS, { error: 'the name of a detector, personal or secrets' }))
    .min(1, { error: SOME })
    .max(WORDS.length, { error: 'each detector once' }),
  compile(names, { detectors }) {
    const wanted = new Set<string>(names)
    const looking = detectors.filter(
      ({ name, kind }) =>
        wanted.has(name) || (kind === GROUPS.personal ? wanted.has('personal') : wanted.has('secrets')),
    )
    const guessing = GUESSING_DETECTORS.filter(({ name }) => wanted.has(name))
    return { looker: createLookThrough([...looking, ...guessing]) }
  },
})
