/** What the thread that puts content in order is told: jobs, as `JobBatch` has put them behind one another. */
export type ContentRequest = Uint8Array<ArrayBuffer>

/** What it answers: a row for each, spelled for the store, or why there is none, which holds nothing of what was said. */
export type ContentReply = readonly (string | { readonly defect: string })[]
