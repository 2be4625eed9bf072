import type { z } from 'zod'
import type { KeepsTogether, RankedTarget, Ranking, RankQuestion, RouteTarget } from '../../exchange/route.ts'
import type { JsonObject } from '../../kit/json.ts'

/** What there is to say of a strategy without running it. */
interface Described {
  /** As the file and the decisions name it. */
  readonly name: string
  /** Whom it prefers, in a few words that read on from the name. */
  readonly summary: string
  /** Why the first one is first: as decisions spell it, and in a sentence. */
  readonly reason: { readonly code: string; readonly sentence: string }
  /** Do the weights of targets mean something to it? Where they do not, a file with weights is refused. */
  readonly usesWeights: boolean
  /** What it reads of the route's past; default: nothing. */
  readonly remembers?: Ranking['remembers']
  /** Does it go by how far the budgets of the caller are used? Absent: no. */
  readonly usesBudget?: boolean
  /** Where it lets requests be kept that belong together; absent: anywhere. */
  readonly keepsTogether?: KeepsTogether
}

interface Definition<Options extends JsonObject> extends Described {
  /** What the file may set, as a strict object. Every option has a default: the name alone is a whole strategy. */
  readonly options: z.ZodType<Options>
  /** The targets, all of which are eligible, best first. Pure: equal questions give equal orders. */
  readonly rank: (
    targets: readonly RouteTarget[],
    question: RankQuestion,
    options: Options,
  ) => readonly RankedTarget[]
}

/** A way of putting the eligible targets of a route in order, as the list of all of them holds it. */
export interface Strategy extends Described {
  /** As a route holds it that sets no options. */
  readonly standard: Ranking
  /** Takes its options as the file has them; gives the ranking that a route holds. */
  readonly schema: z.ZodType<Ranking>
}

/** Makes a strategy of all that there is to say of it. */
export function defineStrategy<Options extends JsonObject>(definition: Definition<Options>): Strategy {
  const {
    name,
    summary,
    reason,
    usesWeights,
    usesBudget = false,
    remembers = 'nothing',
    keepsTogether = 'anywhere',
    rank,
  } = definition
  const schema = definition.options.transform((options) => ({
    strategy: name,
    reason: reason.code,
    usesWeights,
    remembers,
    usesBudget,
    keepsTogether,
    options,
    rank: (targets: readonly RouteTarget[], question: RankQuestion) => rank(targets, question, options),
  }))
  return { name, summary, reason, usesWeights, remembers, keepsTogether, standard: schema.parse({}), schema }
}
