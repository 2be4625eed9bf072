/**
 * An answer with vectors as the upstream gives it, the same every time.
 *
 * @param texts how many were asked about
 * @param floats of each vector; 1,536 is what text-embedding-3-small gives
 */
export function embeddingsText(texts: number, floats: number): string {
  // Eighteen digits or so each, as single floats are printed that were made doubles.
  const vector = (index: number): number[] =>
    Array.from({ length: floats }, (_, place) => Math.fround(Math.sin(index * floats + place + 1) / 20))
  return JSON.stringify({
    object: 'list',
    data: Array.from({ length: texts }, (_, index) => ({
      object: 'embedding',
      index,
      embedding: vector(index),
    })),
    model: 'bench',
    usage: { prompt_tokens: 900, total_tokens: 900 },
  })
}
