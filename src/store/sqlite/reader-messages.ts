import type { ReadName } from './reads.ts'

/** What the main thread asks the reader. */
export type ReaderRequest =
  | { readonly type: 'open'; readonly path: string }
  | {
      readonly type: 'read'
      readonly number: number
      readonly name: ReadName
      readonly question: readonly unknown[]
    }

/** What the reader answers. */
export type ReaderReply =
  | { readonly type: 'answer'; readonly number: number; readonly answer: unknown }
  | { readonly type: 'refused'; readonly number: number; readonly reason: string }
