/** What the main thread says to the writer. */
export type WriterRequest =
  | { readonly type: 'open'; readonly path: string }
  /** `batch` is a `WriteBatch` as JSON. */
  | { readonly type: 'write'; readonly number: number; readonly batch: string }
  | { readonly type: 'close' }

/** What the writer answers. */
export type WriterReply =
  | { readonly type: 'ready' }
  | { readonly type: 'committed'; readonly number: number }
  | { readonly type: 'refused'; readonly number: number; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'closed' }
