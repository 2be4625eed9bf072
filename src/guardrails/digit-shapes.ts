/**
 * How runs of digits stand in what a pattern matches, read from the pattern: `\d{3}-\d{2}` is a run of three, a hyphen, and one of two.
 * A stretch of text without such runs holds nothing that it matches, which one comparison of numbers tells.
 */

/** Shapes of a pattern beyond which it is tried everywhere, and characters of one. */
const MOST_SHAPES = 512
const LONGEST_SHAPE = 48
/** In a shape: any digit, any letter of ASCII, and any other character that is none of the marks. */
const DIGIT = 'd'
const LETTER = 'a'
const OTHER = '~'
/** Marks that a shape names: a stretch has them or not. */
const MARKS = '.-/'
/** A letter right before a digit counts as one more mark. */
const LETTER_MARK = 3

/** Runs up to this length are told apart; longer ones count as one more. */
const LONGEST_RUN = 12
/** A count goes to three, and so takes two bits. */
const COUNT_BITS = 2
const MOST_COUNTED = 3
const MARKS_FROM = (LONGEST_RUN + 1) * COUNT_BITS

/** What a stretch of text has: how many runs of each length, up to three, and which marks. 30 bits. */
export type Digits = number

/** Nothing. */
export const NO_DIGITS: Digits = 0

/** With one run more. @param length of the run, at least 1 */
export function withRun(digits: Digits, length: number): Digits {
  const at = (Math.min(length, LONGEST_RUN + 1) - 1) * COUNT_BITS
  return ((digits >> at) & MOST_COUNTED) === MOST_COUNTED ? digits : digits + (1 << at)
}

/** With a character that stands between two runs. @param code its code unit */
export function withMark(digits: Digits, code: number): Digits {
  if (code === 0x2e) return digits | (1 << MARKS_FROM)
  if (code === 0x2d) return digits | (1 << (MARKS_FROM + 1))
  return code === 0x2f ? digits | (1 << (MARKS_FROM + 2)) : digits
}

/** With a letter right before a digit. */
export function withLetterBefore(digits: Digits): Digits {
  return digits | (1 << (MARKS_FROM + LETTER_MARK))
}

/** Has a stretch all that something needs? */
export function hasDigits(stretch: Digits, needed: Digits): boolean {
  if ((needed >> MARKS_FROM) & ~(stretch >> MARKS_FROM)) return false
  for (let at = 0; at < MARKS_FROM; at += COUNT_BITS)
    if (((stretch >> at) & MOST_COUNTED) < ((needed >> at) & MOST_COUNTED)) return false
  return true
}

/**
 * What a stretch needs so that a pattern can match in it, where no digit stands beside the match: one of these. Absent where the pattern
 * matches too much for that, or is written in a way that is not understood here.
 */
export function digitsNeeded({ source, flags }: RegExp): readonly Digits[] | undefined {
  const shapes = /[uv]/.test(flags) ? undefined : new Shapes(source).read()
  if (shapes === undefined) return undefined
  const needed = new Set([...shapes].map(neededBy))
  return [...needed].filter((one) => ![...needed].some((less) => less !== one && hasDigits(one, less)))
}

function neededBy(shape: string): Digits {
  let digits = NO_DIGITS
  // What stands before the first run and behind the last is not between two.
  const inner = shape.replace(/^[^d]+/, '').replace(/[^d]+$/, '')
  for (const [run] of inner.matchAll(/d+/g)) digits = withRun(digits, run.length)
  for (const mark of MARKS) if (inner.includes(mark)) digits = withMark(digits, mark.charCodeAt(0))
  return shape.includes(LETTER + DIGIT) ? withLetterBefore(digits) : digits
}

type ShapeSet = ReadonlySet<string>

const EMPTY: ShapeSet = new Set([''])
const ANYTHING: ShapeSet = new Set([DIGIT, OTHER])
const QUANTIFIER = /^(?:[?*+]|\{(?<least>\d+)(?<open>,)?(?<most>\d*)\})[?]?/
const LOOK_AROUND = /^\(\?(?:=|!|<=|<!)/
const GROUP = /^\((?:\?:|\?<\w+>|(?!\?))/
const CLASS = /^\[(?:\\.|[^\]\\])*\]/

/** Reads a pattern; what it does not understand ends it. */
class Shapes {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  read(): ShapeSet | undefined {
    const shapes = this.#choice()
    return this.#at === this.#source.length ? shapes : undefined
  }

  #choice(): ShapeSet | undefined {
    const all = new Set<string>()
    for (;;) {
      const shapes = this.#sequence()
      if (shapes === undefined) return undefined
      for (const shape of shapes) all.add(shape)
      if (this.#source[this.#at] !== '|') return all
      this.#at += 1
    }
  }

  #sequence(): ShapeSet | undefined {
    let shapes: ShapeSet | undefined = EMPTY
    while (shapes !== undefined && this.#at < this.#source.length && !/[|)]/.test(this.#next)) {
      const atom = this.#atom()
      if (atom === undefined) return undefined
      shapes = joined(shapes, this.#repeated(atom))
    }
    return shapes
  }

  get #next(): string {
    return this.#source.charAt(this.#at)
  }

  #atom(): ShapeSet | undefined {
    const rest = this.#source.slice(this.#at)
    if (LOOK_AROUND.test(rest)) return this.#group(LOOK_AROUND) === undefined ? undefined : EMPTY
    if (rest.startsWith('(')) return GROUP.test(rest) ? this.#group(GROUP) : undefined
    const [chars] = CLASS.exec(rest) ?? []
    if (chars !== undefined) {
      this.#at += chars.length
      return ofClass(chars)
    }
    this.#at += 1
    if (rest.startsWith('\\')) return this.#escape()
    const character = rest.charAt(0)
    if (character === '.') return ANYTHING
    return /[$^]/.test(character) ? EMPTY : new Set([ofCharacter(character)])
  }

  #group(begin: RegExp): ShapeSet | undefined {
    this.#at += (begin.exec(this.#source.slice(this.#at)) ?? [''])[0].length
    const shapes = this.#choice()
    if (this.#next !== ')') return undefined
    this.#at += 1
    return shapes
  }

  #escape(): ShapeSet | undefined {
    const character = this.#next
    this.#at += 1
    if (character === 'd') return new Set([DIGIT])
    if (/[bB]/.test(character)) return EMPTY
    if (/[wS]/.test(character)) return ANYTHING
    if (/[DWs]/.test(character)) return new Set([OTHER])
    // Others name characters by their numbers, or what was found before.
    return /[^0-9A-Za-z]/.test(character) ? new Set([ofCharacter(character)]) : undefined
  }

  #repeated(atom: ShapeSet): ShapeSet | undefined {
    const match = QUANTIFIER.exec(this.#source.slice(this.#at))
    if (match === null) return atom
    this.#at += match[0].length
    const [sign] = match[0]
    const { least = sign === '+' ? '1' : '0', open, most = '' } = match.groups ?? {}
    const fewest = Number(least)
    if (sign === '?') return repeated(atom, 0, 1)
    if (sign === '{' && open === undefined) return repeated(atom, fewest, fewest)
    return repeated(atom, fewest, most === '' ? Number.POSITIVE_INFINITY : Number(most))
  }
}

/** Each so often as it may be; nothing where that is endless. */
function repeated(atom: ShapeSet, least: number, most: number): ShapeSet | undefined {
  const all = new Set<string>()
  let shapes: ShapeSet | undefined = EMPTY
  for (let times = 0; times <= most; times += 1) {
    const before: number = all.size
    if (times >= least) for (const shape of shapes) all.add(shape)
    // Once more makes no other shape: neither does twice more.
    if (times > least && all.size === before) return all
    if (times === most) break
    shapes = joined(shapes, atom)
    if (shapes === undefined) return undefined
  }
  return all
}

function joined(left: ShapeSet, right: ShapeSet | undefined): ShapeSet | undefined {
  if (right === undefined) return undefined
  const all = new Set<string>()
  for (const one of left)
    for (const other of right) {
      const shape = isRepeated(one.at(-1), other.at(0)) ? one + other.slice(1) : one + other
      if (shape.length > LONGEST_SHAPE || all.size > MOST_SHAPES) return undefined
      all.add(shape)
    }
  return all
}

/** Only digits are counted. */
function isRepeated(last: string | undefined, next: string | undefined): boolean {
  return last === next && (last === OTHER || last === LETTER)
}

function ofCharacter(character: string): string {
  if (/\d/.test(character)) return DIGIT
  if (/[A-Za-z]/.test(character)) return LETTER
  return MARKS.includes(character) ? character : OTHER
}

/** Of all that are not ASCII, none is a digit here. */
function ofClass(source: string): ShapeSet {
  const characters = new RegExp(source)
  const kinds = new Set<string>()
  for (let code = 0; code < 128; code += 1) {
    const character = String.fromCharCode(code)
    if (characters.test(character)) kinds.add(ofCharacter(character))
  }
  if (kinds.size === 0 || /[\u0080-\uFFFF]|\\[uxDSWpP]|\[\^/.test(source)) kinds.add(OTHER)
  const others = [...kinds].filter((kind) => kind !== DIGIT)
  const other = others.length > 1 ? [OTHER] : others
  return new Set(kinds.has(DIGIT) ? [DIGIT, ...other] : other)
}
