import type { SpelledJob } from './content-job.ts'

/** What the thread that puts content in order is told: jobs, as many as came together. */
export type ContentRequest = readonly SpelledJob[]

/** What it answers: a row for each, spelled for the store, or why there is none, which holds nothing of what was said. */
export type ContentReply = readonly (string | { readonly defect: string })[]
