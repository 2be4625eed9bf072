import { SHARED_QUIRKS, type QuirkTable } from '../quirks.ts'

/** How servers deviate from Cohere's API: in nothing but what deviates everywhere. */
export const QUIRKS: QuirkTable = SHARED_QUIRKS
