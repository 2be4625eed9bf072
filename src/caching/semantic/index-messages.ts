import type { Near } from './flat-index.ts'

/** What the thread of vectors is told and asked. */
export type IndexRequest =
  | { readonly type: 'put'; readonly partition: string; readonly id: number; readonly vector: Float32Array }
  | { readonly type: 'remove'; readonly partition: string; readonly id: number }
  | {
      readonly type: 'find'
      readonly number: number
      readonly partition: string
      readonly vector: Float32Array
      readonly most: number
    }

/** What it answers: those that are near, or that there was no room for an entry. */
export type IndexReply =
  | { readonly type: 'found'; readonly number: number; readonly near: readonly Near[] }
  | { readonly type: 'full'; readonly partition: string; readonly id: number }
