import type { Expiry, Pruned } from '../store.ts'

/** What the main thread says to the writer. */
export type WriterRequest =
  | { readonly type: 'open'; readonly path: string }
  /** `batch` is a `WriteBatch` as JSON. */
  | { readonly type: 'write'; readonly number: number; readonly batch: string }
  | { readonly type: 'prune'; readonly expiry: Expiry }
  | { readonly type: 'close' }

/** What the writer answers. */
export type WriterReply =
  | { readonly type: 'ready' }
  | { readonly type: 'committed'; readonly number: number }
  | { readonly type: 'refused'; readonly number: number; readonly reason: string }
  | { readonly type: 'pruned'; readonly pruned: Pruned }
  | { readonly type: 'unpruned'; readonly reason: string }
  | { readonly type: 'failed'; readonly reason: string }
  | { readonly type: 'closed' }
