import type { Condition, FactValue } from '../exchange/condition.ts'
import { FACTS } from '../exchange/facts.ts'
import type { Constant } from '../kit/expression-reading.ts'
import type { VariableType } from '../kit/expression-variables.ts'

/** A text that nobody compares anything with. */
const OTHER = 'anything-else'
/** Of more constants not every set of them is tried. */
const MOST_IN_SETS = 7
const LARGE = 1_000_000

/** What a fact is tried as: `undefined` is absent. */
export type Tried = FactValue | undefined

/**
 * The values of a fact that conditions can tell apart: the constants that they compare it with, those beside them, and one that nobody
 * names. Undefined where they tell more apart than can be tried.
 */
export function representativesOf(
  fact: string,
  conditions: readonly Condition[],
): readonly Tried[] | undefined {
  const readers = conditions.filter(({ facts }) => facts.includes(fact))
  if (readers.some(({ source }) => source.includes('matches('))) return undefined
  const constants = [...new Set(readers.flatMap((one) => one.constants.get(fact) ?? []))]
  const found = FACTS.find(({ name }) => name === fact)
  // A member of a fact that is read by its members, such as a header.
  if (found === undefined) return [undefined, ...textsBeside(constants)]
  return VALUES[found.type](constants)
}

const VALUES: {
  readonly [Type in VariableType]: (constants: readonly Constant[]) => readonly Tried[] | undefined
} = {
  bool: () => [false, true],
  int: numbersBeside,
  double: numbersBeside,
  string: textsBeside,
  'list<string>': setsOf,
  'map<string, string>': mapsOf,
}

function numbersBeside(constants: readonly Constant[]): readonly number[] {
  const beside = constants.map(Number).flatMap((one) => [one - 1, one, one + 1])
  return [...new Set([0, ...beside, LARGE])].filter((one) => one >= 0)
}

function textsBeside(constants: readonly Constant[]): readonly string[] {
  const texts = constants.map(String)
  return [...new Set(['', OTHER, ...texts, ...texts.flatMap((one) => [`${one}-x`, `x-${one}`])])]
}

function setsOf(constants: readonly Constant[]): readonly (readonly string[])[] | undefined {
  if (constants.length > MOST_IN_SETS) return undefined
  return [...constants.map(String), OTHER].reduce<readonly (readonly string[])[]>(
    (all, one) => [...all, ...all.map((set) => [...set, one])],
    [[]],
  )
}

/** Names and values are not told apart in what a condition compares. */
function mapsOf(constants: readonly Constant[]): readonly Readonly<Record<string, string>>[] | undefined {
  if (constants.length > MOST_IN_SETS) return undefined
  const texts = constants.map(String)
  return [{}, ...texts.flatMap((name) => [...texts, OTHER].map((value) => ({ [name]: value })))]
}
