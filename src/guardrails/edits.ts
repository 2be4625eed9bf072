/** Where a text was told in another form than it was said. */
export class Edits {
  readonly #edits: Edit[] = []

  get isEmpty(): boolean {
    return this.#edits.length === 0
  }

  /** The next place where it was, in the text as it was said, and how much longer it has become there. */
  note(edit: Edit): void {
    this.#edits.push(edit)
  }

  /** Where a place in the text as it was said stands in the text as it was told. */
  shownAt(place: number): number {
    let shift = 0
    for (const { at, length, by } of this.#edits) {
      if (at >= place) break
      shift += at + length <= place ? by : Math.min(by, at - place)
    }
    return place + shift
  }
}

/** A place of a text, and how much longer it has become. */
interface Edit {
  readonly at: number
  readonly length: number
  readonly by: number
}
