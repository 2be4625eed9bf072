/** Something that was found in a text; UTF-16 units, end exclusive. */
export interface Span {
  readonly detector: string
  readonly start: number
  readonly end: number
}

/** A piece of a text, and who has found something that it belongs to. */
export interface Piece {
  readonly start: number
  readonly text: string
  readonly detectors: readonly string[]
}

/** Cuts a text where something that was found begins or ends; together the pieces are the text. */
export function cutBySpans(text: string, spans: readonly Span[]): readonly Piece[] {
  const cuts = [...new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])]
  const places = cuts.toSorted((one, other) => one - other)
  return places.slice(0, -1).map((start, index) => {
    const end = places[index + 1] ?? text.length
    const over = spans.filter((span) => span.start <= start && span.end >= end)
    return {
      start,
      text: text.slice(start, end),
      detectors: [...new Set(over.map(({ detector }) => detector))],
    }
  })
}
