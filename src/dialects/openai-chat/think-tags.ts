const OPENING = '<think>'
const CLOSING = '</think>'
/** White space before a tag that is waited for; more of it is text. */
const MOST_SPACE = 200

/** Takes a piece of what was told apart. */
export type TellPiece = (kind: 'reasoning' | 'text', text: string) => void

/**
 * Tells thoughts from text where a server writes both into the text: thoughts stand between tags at its very beginning, as
 * open models write them. Tags may be cut anywhere. Tags further on are text: the model talks about them.
 */
export class ThinkTags {
  #place: 'before' | 'inside' | 'behind' = 'before'
  /** What may be the beginning of a tag. */
  #held = ''
  /** True where white space is what the tag was set off with. */
  #isEdge = false

  /** True when everything that comes is text. */
  get isOver(): boolean {
    return this.#place === 'behind' && !this.#isEdge
  }

  read(text: string, tell: TellPiece): void {
    switch (this.#place) {
      case 'before':
        this.#seekOpening(this.#held + text, tell)
        break
      case 'inside':
        this.#seekClosing(this.#held + text, tell)
        break
      case 'behind':
        this.#pass('text', text, tell)
    }
  }

  /** The answer is over, or goes on with something else than text: what was held back is what it looks like. */
  end(tell: TellPiece): void {
    const held = this.#held
    this.#held = ''
    if (held !== '') tell(this.#place === 'inside' ? 'reasoning' : 'text', held)
    if (this.#place === 'before') this.#place = 'behind'
  }

  #seekOpening(text: string, tell: TellPiece): void {
    const start = text.trimStart()
    if (start.startsWith(OPENING)) {
      this.#enter('inside')
      this.#seekClosing(start.slice(OPENING.length), tell)
    } else if (OPENING.startsWith(start) && text.length <= MOST_SPACE) {
      this.#held = text
    } else {
      this.#held = ''
      this.#place = 'behind'
      tell('text', text)
    }
  }

  #seekClosing(text: string, tell: TellPiece): void {
    const at = text.indexOf(CLOSING)
    if (at < 0) {
      const held = beginningOf(CLOSING, text)
      this.#held = text.slice(text.length - held)
      this.#pass('reasoning', text.slice(0, text.length - held), tell)
      return
    }
    this.#pass('reasoning', text.slice(0, at), tell)
    this.#enter('behind')
    this.#pass('text', text.slice(at + CLOSING.length), tell)
  }

  #enter(place: 'inside' | 'behind'): void {
    this.#place = place
    this.#held = ''
    this.#isEdge = true
  }

  /** Passes text on, without the line breaks right behind a tag. */
  #pass(kind: 'reasoning' | 'text', text: string, tell: TellPiece): void {
    const told = this.#isEdge ? text.trimStart() : text
    if (told === '') return
    this.#isEdge = false
    tell(kind, told)
  }
}

/** How many characters at the end of a text are the beginning of a tag. */
function beginningOf(tag: string, text: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length -= 1) {
    if (text.endsWith(tag.slice(0, length))) return length
  }
  return 0
}
