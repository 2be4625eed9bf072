import { SHARED_QUIRKS, type QuirksOf, type QuirkTable } from '../quirks.ts'

const OWN = {
  unsealedReasoning: {
    value: 'flag',
    shows: 'other',
    help: 'False where past reasoning without a signature is refused.',
  },
} as const satisfies QuirkTable

/** How servers deviate from Messages. */
export const QUIRKS: QuirkTable = { ...SHARED_QUIRKS, ...OWN }

declare module '../../exchange/target.ts' {
  interface Quirks extends QuirksOf<typeof OWN> {}
}
