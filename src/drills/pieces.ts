/** Whitespace travels with the word behind it, as in the vocabularies of real models; long words come in several pieces. */
const PIECE = /\s*\S{1,6}|\s+$/gu

/**
 * Cuts a text into the pieces that a simulated model says one after the other. A piece is a token: joined they are the text,
 * counted they are its length on the bill.
 */
export function toPieces(text: string): string[] {
  return text.match(PIECE) ?? []
}

/** The length of a text in tokens of the simulated models. */
export function countTokens(text: string): number {
  return toPieces(text).length
}

/** The first `maxTokens` tokens of a text. */
export function firstTokens(text: string, maxTokens: number): string {
  return toPieces(text).slice(0, maxTokens).join('')
}
