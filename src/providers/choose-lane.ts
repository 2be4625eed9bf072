import type { Dialect, Endpoint } from '../dialects/dialect.ts'
import type { Operation } from '../exchange/operation.ts'
import type { Lane, ProviderOrigin } from '../exchange/response.ts'
import { QUIRK_SIDES, type Quirks, type SpokenDialect, type Target } from '../exchange/target.ts'

/** How a request reaches a target: through which of its dialects, where, and whether untouched. */
export interface LaneChoice {
  readonly lane: Lane
  /** What is said of an answer that came so or so, made once for all of them. */
  readonly origins: { readonly [L in Lane]: ProviderOrigin }
  /** True when the request has to be written anew, also where the answer is passed untouched. */
  readonly rewrites: boolean
  readonly spoken: SpokenDialect
  readonly dialect: Dialect
  readonly endpoint: Endpoint
  readonly url: string
}

export interface LaneQuestion {
  readonly target: Target
  /** Name of the client's dialect. */
  readonly clientDialect: string
  readonly operation: Operation
  readonly dialects: ReadonlyMap<string, Dialect>
}

/**
 * Chooses the dialect to speak: the client's own if the target speaks it and serves the operation there, else the first
 * that serves it. Only the client's own dialect at a provider that keeps to it is passed untouched, the request only
 * where the provider takes everything that the dialect can say.
 * Undefined when the target cannot be asked for the operation at all.
 */
export function chooseLane(question: LaneQuestion): LaneChoice | undefined {
  const { target, clientDialect } = question
  const own = target.spoken.find((spoken) => spoken.dialect === clientDialect)
  const ordered = own === undefined ? target.spoken : [own, ...target.spoken.filter((other) => other !== own)]
  for (const spoken of ordered) {
    const choice = choiceFor(spoken, question)
    if (choice !== undefined) return choice
  }
  return undefined
}

function choiceFor(spoken: SpokenDialect, question: LaneQuestion): LaneChoice | undefined {
  const { target, clientDialect, operation, dialects } = question
  const dialect = dialects.get(spoken.dialect)
  const endpoint = dialect?.endpoints.find((one) => one.operation === operation)
  if (dialect === undefined || endpoint === undefined) return undefined
  if (spoken.quirks.lacks?.includes(operation) === true) return undefined
  const untouched = spoken.dialect === clientDialect && spoken.quirks.conformant !== false
  return {
    lane: untouched ? 'native' : 'translated',
    origins: {
      native: { kind: 'provider', target, lane: 'native' },
      translated: { kind: 'provider', target, lane: 'translated' },
    },
    rewrites: !untouched || shapesRequests(spoken.quirks),
    spoken,
    dialect,
    endpoint,
    url: spoken.baseUrl + endpoint.providerPath,
  }
}

/**
 * Has the provider a quirk that only the dialect's encoder can obey? Passed on as they are, requests would be refused for a
 * role or a field that its servers do not know.
 */
function shapesRequests(quirks: Quirks): boolean {
  for (const name in QUIRK_SIDES) {
    if (isQuirk(name) && QUIRK_SIDES[name] === 'request' && quirks[name] !== undefined) return true
  }
  return false
}

function isQuirk(name: string): name is keyof typeof QUIRK_SIDES {
  return name in QUIRK_SIDES
}

/** Chooses lanes and remembers the answer for as long as the target lives. */
export type LaneChooser = (
  target: Target,
  clientDialect: string,
  operation: Operation,
) => LaneChoice | undefined

/** Creates a chooser with a memory; it holds one entry per target, client dialect and operation, and dies with the target. */
export function createLaneChooser(dialects: ReadonlyMap<string, Dialect>): LaneChooser {
  const known = new WeakMap<Target, KnownChoice[]>()
  return (target, clientDialect, operation) => {
    let choices = known.get(target)
    if (choices === undefined) {
      choices = []
      known.set(target, choices)
    }
    // So few that looking through them beats a key made of both words.
    for (const one of choices) {
      if (one.clientDialect === clientDialect && one.operation === operation) return one.choice
    }
    const choice = chooseLane({ target, clientDialect, operation, dialects })
    choices.push({ clientDialect, operation, choice })
    return choice
  }
}

interface KnownChoice {
  readonly clientDialect: string
  readonly operation: Operation
  readonly choice: LaneChoice | undefined
}
