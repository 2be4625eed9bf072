import type { ContentMode } from '../exchange/content-record.ts'
import type { Owner, Owners } from '../exchange/owner.ts'

/** What was said in a request, on its way to the store. */
export interface ContentRow {
  readonly requestId: string
  readonly atMs: number
  readonly keep: Exclude<ContentMode, 'none'>
  readonly owners: Owners
  /** The content, as JSON text. */
  readonly text: string
}

/** What the store has of the content of a request: that, or that somebody has removed it. */
export type KeptContent =
  | { readonly atMs: number; readonly keep: string; readonly text: string }
  | { readonly atMs: number; readonly removedMs: number }

/** Whose content is read through: of requests of a time, or of a route. */
export interface SaidQuery {
  /** From inclusive, to exclusive; Unix milliseconds. */
  readonly fromMs: number
  readonly toMs: number
  readonly route?: string
  /** How many at most; `next` of the page before says where to go on. */
  readonly limit: number
  readonly after?: string
}

/** What was said in requests, where somebody asked for it to be kept. It lies compressed, and apart from the request log. */
export interface ContentStore {
  /**
   * Rejects when they are not kept; they are not tried again by themselves.
   *
   * @param rows each as `spellContent` spells it, which is done elsewhere: compressing takes longer than all the rest
   */
  append(rows: readonly string[]): Promise<void>
  find(requestId: string): Promise<KeptContent | undefined>
  /** Removes what was said in a request; that it was removed is kept. False where nothing was kept. */
  remove(requestId: string, atMs: number): Promise<boolean>
  /** The same for all requests of an owner; gives how many. */
  removeOf(owner: Owner, atMs: number): Promise<number>
  /** How many there are, and their bytes as they lie. */
  totals(): Promise<ContentTotals>
}

export interface ContentTotals {
  readonly rows: number
  readonly bytes: number
}
