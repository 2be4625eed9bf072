/** A stored answer and what was asked for it, in the words of the client's dialect: JSON texts. */
export interface StoredTexts {
  readonly id: string
  /** What was asked, without what stood before it. */
  readonly input: string
  readonly answer: string
}
