/** How a number that a state gives to people is written and checked: a row of `national-ids.ts`. */
export interface NationalId {
  readonly pattern: RegExp
  readonly isRight: (found: string) => boolean
  /** Words one of which has to stand before it, where its check alone proves too little. */
  readonly behind?: RegExp
  /** What is written so needs no word: it has a punctuation of its own. */
  readonly free?: RegExp
}
