import { RE2JS, RE2JSException, RE2Set } from 're2js'

/** A regular expression that somebody else wrote. */
export interface Pattern {
  /** Is it found anywhere in the text? Takes time linear in the text, whatever the pattern. */
  test(text: string): boolean
  /** Where it stands in the text, from left to right, as UTF-16 offsets, end exclusive; what is empty is left out. Linear as well. */
  find(text: string): readonly PatternMatch[]
  /** About how many steps it is compiled to: what each character of a text costs at worst. */
  readonly size: number
}

/** Where a pattern was found. */
export interface PatternMatch {
  readonly start: number
  readonly end: number
}

/** Compiles a pattern in the syntax of RE2; gives what is wrong with it where it is none. */
export function compilePattern(source: string): Pattern | { readonly wrong: string } {
  try {
    const compiled = RE2JS.compile(source)
    return {
      test: (text) => compiled.test(text),
      find: (text) => findAll(compiled, text),
      size: compiled.programSize(),
    }
  } catch (thrown) {
    if (thrown instanceof RE2JSException) return { wrong: thrown.message }
    throw thrown
  }
}

function findAll(compiled: RE2JS, text: string): readonly PatternMatch[] {
  const found: PatternMatch[] = []
  const matcher = compiled.matcher(text)
  while (matcher.find())
    if (matcher.end() > matcher.start()) found.push({ start: matcher.start(), end: matcher.end() })
  return found
}

/** Tells which of many patterns are in a text, by one pass over it; each must compile. Gives their indexes. */
export function compilePatternSet(sources: readonly string[]): (text: string) => readonly number[] {
  const set = new RE2Set()
  for (const source of sources) set.add(source)
  set.compile()
  return (text) => set.match(text)
}
