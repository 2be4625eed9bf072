import type { Block } from './content.ts'

/** What can be seen of a text without understanding it. */
export interface TextFeatures {
  /** UTF-16 units; all of them. */
  readonly characters: number
  readonly lines: number
  readonly longestLine: number
  readonly questions: number
  /** Fences of code: three backticks. */
  readonly fences: number
  /** Share of digits among what is not white space, 0 to 1, as all shares here. */
  readonly digits: number
  /** Share of letters that are not Latin among all letters. */
  readonly nonLatin: number
  /** Share of characters that take two columns, those of Chinese, Japanese and Korean above all, among what is not white space. */
  readonly wide: number
  /** The script in which most letters are written; empty where there are none. */
  readonly script: Script | ''
}

/** Scripts that are told apart. */
const SCRIPTS = [
  'latin',
  'greek',
  'cyrillic',
  'hebrew',
  'arabic',
  'devanagari',
  'thai',
  'kana',
  'hangul',
  'han',
  'other',
] as const

type Script = (typeof SCRIPTS)[number]

/** Of longer texts so many units at either end are looked at, so that a book takes no longer than a letter. */
const SAMPLED = 16_384

/** What can be seen of the texts of some blocks. One pass; nothing is put together. */
export function textFeaturesOf(turns: readonly { readonly blocks: readonly Block[] }[]): TextFeatures {
  const texts: string[] = []
  let characters = 0
  for (const { blocks } of turns) {
    for (const block of blocks) {
      if (block.type !== 'text') continue
      texts.push(block.text)
      characters += block.text.length
    }
  }
  return new TextScan(characters).over(texts)
}

const LINE_FEED = 0x0a
const SPACE = 0x20
const QUESTION = 0x3f
const BACKTICK = 0x60
const FENCE = 3
const DIGIT_0 = 0x30
const DIGIT_9 = 0x39
const WIDE_QUESTION = 0xff1f
const ARABIC_QUESTION = 0x061f
const WIDE_FROM = 0x2e80
const WIDE_TO = 0xd7b0

/** Where a block of letters ends that belong to one script, by unit: everything below is of that script. */
const RANGES: readonly (readonly [end: number, script: Script | undefined])[] = [
  [0x00c0, undefined],
  [0x0250, 'latin'],
  [0x0370, undefined],
  [0x0400, 'greek'],
  [0x0530, 'cyrillic'],
  [0x0590, 'other'],
  [0x0600, 'hebrew'],
  [0x0780, 'arabic'],
  [0x0900, 'other'],
  [0x0980, 'devanagari'],
  [0x0e00, 'other'],
  [0x0e80, 'thai'],
  [0x1100, 'other'],
  [0x1200, 'hangul'],
  [0x1e00, 'other'],
  [0x1f00, 'latin'],
  [0x2000, 'greek'],
  [0x3040, undefined],
  [0x3100, 'kana'],
  [0x3130, 'other'],
  [0x3190, 'hangul'],
  [0x3400, undefined],
  [0x4dc0, 'han'],
  [0x4e00, undefined],
  [0xa000, 'han'],
  [0xac00, 'other'],
  [0xd7b0, 'hangul'],
  [0xf900, undefined],
  [0xfb00, 'han'],
  [0xfe00, 'arabic'],
  [0x10000, undefined],
]

/** By unit: 0 for what is no letter, else the number of its script, from 1. */
const SCRIPT_OF = scriptTable()

function scriptTable(): Uint8Array {
  const table = new Uint8Array(0x10000)
  let from = 0
  for (const [end, script] of RANGES) {
    if (script !== undefined) table.fill(SCRIPTS.indexOf(script) + 1, from, end)
    from = end
  }
  table.fill(1, 0x41, 0x5b)
  table.fill(1, 0x61, 0x7b)
  return table
}

/** Counts over one text after the other. */
class TextScan {
  readonly #characters: number
  readonly #letters = new Float64Array(SCRIPTS.length + 1)
  #lines = 0
  #lineLength = 0
  #longestLine = 0
  #questions = 0
  #fences = 0
  #digits = 0
  #wide = 0
  #inked = 0

  constructor(characters: number) {
    this.#characters = characters
  }

  over(texts: readonly string[]): TextFeatures {
    let at = 0
    const tailAt = Math.max(SAMPLED, this.#characters - SAMPLED)
    for (const text of texts) {
      const end = at + text.length
      if (at < SAMPLED) this.#look(text, 0, Math.min(text.length, SAMPLED - at))
      if (end > tailAt) this.#look(text, Math.max(0, tailAt - at), text.length)
      at = end
      this.#endLine()
    }
    return this.#told()
  }

  #look(text: string, from: number, to: number): void {
    let ticks = 0
    for (let index = from; index < to; index += 1) {
      const unit = text.charCodeAt(index)
      if (unit === LINE_FEED) this.#endLine()
      else this.#lineLength += 1
      ticks = unit === BACKTICK ? ticks + 1 : 0
      if (ticks === FENCE) this.#fences += 1
      if (unit <= SPACE) continue
      this.#inked += 1
      if (unit >= DIGIT_0 && unit <= DIGIT_9) this.#digits += 1
      else if (unit === QUESTION || unit === WIDE_QUESTION || unit === ARABIC_QUESTION) this.#questions += 1
      else this.#countLetter(SCRIPT_OF[unit] ?? 0, unit)
    }
  }

  #countLetter(script: number, unit: number): void {
    this.#letters[script] = (this.#letters[script] ?? 0) + 1
    if (unit >= WIDE_FROM && unit < WIDE_TO) this.#wide += 1
  }

  #endLine(): void {
    this.#lines += 1
    if (this.#lineLength > this.#longestLine) this.#longestLine = this.#lineLength
    this.#lineLength = 0
  }

  #told(): TextFeatures {
    let letters = 0
    let most = 0
    for (let script = 1; script <= SCRIPTS.length; script += 1) {
      const count = this.#letters[script] ?? 0
      letters += count
      if (count > (this.#letters[most] ?? 0) || most === 0) most = count > 0 ? script : most
    }
    return {
      characters: this.#characters,
      lines: this.#lines,
      longestLine: this.#longestLine,
      questions: this.#questions,
      fences: this.#fences,
      digits: share(this.#digits, this.#inked),
      nonLatin: share(letters - (this.#letters[1] ?? 0), letters),
      wide: share(this.#wide, this.#inked),
      script: letters === 0 ? '' : (SCRIPTS[most - 1] ?? ''),
    }
  }
}

/** With three digits, so that what is taken down of it replays exactly. */
function share(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1_000) / 1_000
}
