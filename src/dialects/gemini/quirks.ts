import { SHARED_QUIRKS, type QuirkTable } from '../quirks.ts'

/** How servers deviate from the Gemini API. */
export const QUIRKS: QuirkTable = SHARED_QUIRKS
