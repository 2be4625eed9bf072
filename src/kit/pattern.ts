import { RE2JS, RE2JSException } from 're2js'

/** A regular expression that somebody else wrote. */
export interface Pattern {
  /** Is it found anywhere in the text? Takes time linear in the text, whatever the pattern. */
  test(text: string): boolean
}

/** Compiles a pattern in the syntax of RE2; gives what is wrong with it where it is none. */
export function compilePattern(source: string): Pattern | { readonly wrong: string } {
  try {
    const compiled = RE2JS.compile(source)
    return { test: (text) => compiled.test(text) }
  } catch (thrown) {
    if (thrown instanceof RE2JSException) return { wrong: thrown.message }
    throw thrown
  }
}
