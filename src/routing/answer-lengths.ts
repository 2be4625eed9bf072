/** Answers that a mean takes account of; what is older fades. */
const MEMORY = 200
/** So many answers of a target weigh as much as what is known of all targets of the route. */
const PRIOR_ANSWERS = 20

/** What a few answers have in common, as far as money goes. */
export interface AnswerMeans {
  readonly answers: number
  readonly outputTokens: number
  readonly inputTokens: number
  /** Of the input. */
  readonly cachedTokens: number
}

/** Means of the latest answers. */
export class AnswerMean implements AnswerMeans {
  answers = 0
  outputTokens = 0
  inputTokens = 0
  cachedTokens = 0

  observe({ outputTokens, inputTokens, cachedTokens }: Omit<AnswerMeans, 'answers'>): void {
    this.answers = Math.min(this.answers + 1, MEMORY)
    const weight = 1 / this.answers
    this.outputTokens += weight * (outputTokens - this.outputTokens)
    this.inputTokens += weight * (inputTokens - this.inputTokens)
    this.cachedTokens += weight * (cachedTokens - this.cachedTokens)
  }
}

/**
 * How long the answers of a target to a route are: its own mean, drawn towards that of all of the route's targets (what is asked
 * decides more than who answers) as long as few of its own were seen, and else what it answered elsewhere. Undefined: not known.
 *
 * @param own of the target, to the route
 * @param route of all targets, to the route
 * @param target of the target, to all routes
 */
export function expectedOutput({
  own,
  route,
  target,
}: Readonly<Record<'own' | 'route' | 'target', Pick<AnswerMeans, 'answers' | 'outputTokens'> | undefined>>):
  | number
  | undefined {
  if (route === undefined || route.answers === 0) {
    return target === undefined || target.answers === 0 ? undefined : target.outputTokens
  }
  if (own === undefined) return route.outputTokens
  const { answers, outputTokens } = own
  return (answers * outputTokens + PRIOR_ANSWERS * route.outputTokens) / (answers + PRIOR_ANSWERS)
}
