import { compilePatternSet, type Pattern } from '../kit/pattern.ts'
import type { Found, Looker } from './looker.ts'
import { anyBegin, anyBeginSoFar, beginsOf, lengthOf, type Begin } from './pattern-begin.ts'

/** A pattern of the file, by its name. */
export interface NamedPattern {
  readonly name: string
  readonly source: string
  readonly pattern: Pattern
  /** Most characters of what it finds; what is longer is left alone. */
  readonly reach: number
}

/** Beginnings that are shorter stand everywhere. */
const LEAST_BEGIN = 2

/** A pattern that is denied where none of its beginnings stands. */
interface Begun extends NamedPattern {
  readonly begins: readonly Begin[]
  readonly mayStand: RegExp
}

/** Looks for patterns. Time is linear in the text, whatever they are. */
export function createPatternLooker(patterns: readonly NamedPattern[]): Looker {
  const begun: Begun[] = []
  const others: NamedPattern[] = []
  for (const one of patterns) {
    const begins = beginsOf(one.source)
    if (begins?.every((begin) => lengthOf(begin) >= LEAST_BEGIN) === true)
      begun.push({ ...one, begins, mayStand: anyBegin(begins) })
    else others.push(one)
  }
  // Mostly all of these are denied together, and those that say too little of how they begin too.
  const anyBegun = anyBegin(begun.flatMap(({ begins }) => begins))
  const inSet = others.length === 0 ? () => [] : compilePatternSet(others.map(({ source }) => source))
  return {
    reach: Math.max(...patterns.map(({ reach }) => reach)),
    look(text) {
      const found: Found[] = []
      if (begun.length > 0 && anyBegun.test(text))
        for (const one of begun) if (one.mayStand.test(text)) addTo(found, text, one)
      for (const index of inSet(text)) {
        const one = others[index]
        if (one !== undefined) addTo(found, text, one)
      }
      return found
    },
    settled: createSettled(patterns),
  }
}

function addTo(found: Found[], text: string, { name, pattern, reach }: NamedPattern): void {
  for (const { start, end } of pattern.find(text)) if (end - start <= reach) found.push({ start, end, name })
}

/** What is settled: all before the first place within reach where one of them may begin. */
function createSettled(patterns: readonly NamedPattern[]): (text: string) => number {
  const byReach = Map.groupBy(patterns, ({ reach }) => reach)
  const searches = [...byReach].map(([reach, some]) => {
    const begins = some.map(({ source }) => beginsOf(source))
    const isPlain = begins.every((one) => one !== undefined)
    return { reach, begin: isPlain ? anyBeginSoFar(begins.flat()) : undefined }
  })
  return (text) => {
    let settled = text.length
    for (const { reach, begin } of searches) {
      const least = Math.max(0, text.length - reach)
      settled = Math.min(settled, begin === undefined ? least : placeOf(begin, text, least))
    }
    return settled
  }
}

function placeOf(begin: RegExp, text: string, from: number): number {
  const search = begin
  search.lastIndex = from
  return search.exec(text)?.index ?? text.length
}
