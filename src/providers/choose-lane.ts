import type { Asked, Codec, Dialect, ProviderEndpoint } from '../dialects/dialect.ts'
import type { Operation } from '../exchange/operations/all.ts'
import type { Lane, ProviderOrigin } from '../exchange/response.ts'
import type { SpokenDialect, Target } from '../exchange/target.ts'

/** How a request reaches a target: through which of its dialects, where, and whether untouched. */
export interface LaneChoice {
  readonly lane: Lane
  /** What is said of an answer that came so or so, made once for all of them. */
  readonly origins: { readonly [L in Lane]: ProviderOrigin }
  /** True when the request has to be written anew, also where the answer is passed untouched. */
  readonly rewrites: boolean
  readonly spoken: SpokenDialect
  readonly dialect: Dialect
  readonly codec: Codec
  readonly method: ProviderEndpoint['method']
  readonly url: string
}

export interface LaneQuestion {
  readonly target: Target
  /** Name of the client's dialect. */
  readonly clientDialect: string
  readonly operation: Operation
  readonly stream: boolean
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
  const { clientDialect, operation, dialects, stream, target } = question
  const dialect = dialects.get(spoken.dialect)
  const codec: Codec | undefined = dialect?.codecs[operation]
  if (dialect === undefined || codec === undefined) return undefined
  if (spoken.quirks.lacks?.includes(operation) === true) return undefined
  const asked: Asked = { model: target.model, stream }
  const { method, path } = codec.providerEndpoint(asked)
  const untouched = spoken.dialect === clientDialect && spoken.quirks.conformant !== false
  return {
    lane: untouched ? 'native' : 'translated',
    origins: {
      native: { kind: 'provider', target, lane: 'native' },
      translated: { kind: 'provider', target, lane: 'translated' },
    },
    rewrites: !untouched || codec.passRequest === undefined || shapesRequests(dialect, spoken),
    spoken,
    dialect,
    codec,
    method,
    url: spoken.baseUrl + path,
  }
}

/**
 * Has the provider a quirk that only the dialect's encoder can obey? Passed on as they are, requests would be refused for a
 * role or a field that its servers do not know.
 */
function shapesRequests(dialect: Dialect, { quirks }: SpokenDialect): boolean {
  for (const [name, value] of Object.entries(quirks)) {
    if (value !== undefined && dialect.quirks[name]?.shows === 'request') return true
  }
  return false
}

/** Chooses lanes and remembers the answer for as long as the target lives. */
export type LaneChooser = (
  target: Target,
  clientDialect: string,
  request: LaneRequest,
) => LaneChoice | undefined

/** What of a request bears on its lane. */
export type LaneRequest = Pick<LaneQuestion, 'operation' | 'stream'>

/**
 * Creates a chooser with a memory; it holds one entry per target, client dialect, operation and mode, which is all that the place
 * of a request may depend on, and dies with the target.
 */
export function createLaneChooser(dialects: ReadonlyMap<string, Dialect>): LaneChooser {
  const known = new WeakMap<Target, KnownChoice[]>()
  return (target, clientDialect, { operation, stream }) => {
    let choices = known.get(target)
    if (choices === undefined) {
      choices = []
      known.set(target, choices)
    }
    // So few that looking through them beats a key made of all the words.
    for (const one of choices) {
      if (one.clientDialect === clientDialect && one.operation === operation && one.stream === stream)
        return one.choice
    }
    const choice = chooseLane({ target, clientDialect, operation, stream, dialects })
    choices.push({ clientDialect, operation, stream, choice })
    return choice
  }
}

interface KnownChoice extends LaneRequest {
  readonly clientDialect: string
  readonly choice: LaneChoice | undefined
}
