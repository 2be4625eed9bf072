import { entriesOf } from '../exchange/route.ts'
import type { Target } from '../exchange/target.ts'
import type { Change, Made } from './change.ts'
import { numberChange } from './fact-changes.ts'

/** Longer requests than any model takes. */
const MOST_TOKENS = 4_194_304
const INPUT = 'request.input_tokens'
const OUTPUT = 'request.max_output_tokens'

/** What an answer is taken for where no limit of it is named. */
const USUAL_ANSWER = 500

/** Does a change lead elsewhere? */
type Flips = (change: Change) => boolean

/**
 * Looks for the number of tokens from which on the choice is another one, of the input and of the limit of the answer, upward and downward:
 * where a context is full, or one price falls below another. What is found, `flips` has seen.
 */
export function probeTokens(made: Made, flips: Flips): void {
  const { features, wishes } = made.imagined
  // What an attempt may cost follows from the request as it is, and from nothing that is made up.
  if (wishes?.cost !== undefined) return
  const points = [...new Set([...ladder(), ...marksOf(made)])].toSorted((left, right) => left - right)
  probe({ name: INPUT, from: features.inputTokens, flips }, points)
  probe({ name: OUTPUT, from: features.maxOutputTokens ?? USUAL_ANSWER, flips }, points)
}

interface Probe {
  readonly name: string
  readonly from: number
  readonly flips: Flips
}

function probe(along: Probe, points: readonly number[]): void {
  const { from } = along
  findBorder(
    along,
    points.filter((point) => point > from),
  )
  findBorder(along, points.filter((point) => point < from).toReversed())
}

/** Finds the first number along the points where the choice is another one. */
function findBorder({ name, from, flips }: Probe, points: readonly number[]): void {
  const at = points.findIndex((point) => flips(numberChange(name, from, point)))
  let other = points[at]
  let same = points[at - 1] ?? from
  while (other !== undefined && Math.abs(other - same) > 1) {
    const middle = Math.trunc((same + other) / 2)
    if (flips(numberChange(name, from, middle))) other = middle
    else same = middle
  }
}

function ladder(): readonly number[] {
  const points: number[] = []
  for (let point = 1; point <= MOST_TOKENS; point *= 2) points.push(point)
  return points
}

/** Where something is known to change: contexts, and prices of long ones. */
function marksOf({ decided: { route } }: Made): readonly number[] {
  if (route === undefined) return []
  return entriesOf(route).flatMap(({ target }) => marksAt(target).flatMap((mark) => [mark, mark + 1]))
}

function marksAt({ price, capabilities: { contextTokens, maxInputTokens } }: Target): readonly number[] {
  const tiers = (price?.tiers ?? []).map(({ aboveInputTokens }) => aboveInputTokens)
  return [...tiers, contextTokens, maxInputTokens].filter((mark) => mark !== undefined)
}
