/** A text cut in two at every place, and into single characters, halves of pairs included. */
export function cutsOf(text: string): readonly (readonly string[])[] {
  const inTwo = Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)])
  return [...inTwo, text.split('')]
}
