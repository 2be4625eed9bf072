import { isObject, readObject, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'

const NOTHING: JsonObject = {}

/** Log probabilities in the form that all clients get them in: the token that was chosen, and the others that were likely. */
export function readLogprobs(candidate: JsonObject): readonly Json[] {
  const result = readObject(candidate, 'logprobsResult') ?? NOTHING
  const top = readObjects(result, 'topCandidates').map((step) =>
    readObjects(step, 'candidates').map(toLogprob),
  )
  return readObjects(result, 'chosenCandidates').map((chosen, index) => ({
    ...toLogprob(chosen),
    top_logprobs: top[index] ?? [],
  }))
}

function toLogprob(candidate: JsonObject): JsonObject {
  return {
    token: readString(candidate, 'token') ?? '',
    logprob: candidate['logProbability'] ?? null,
    bytes: null,
  }
}

/** The same for clients of this dialect; undefined where there are none. */
export function writeLogprobs(content: readonly Json[]): JsonObject | undefined {
  const chosenCandidates = content
    .filter(isObject)
    .map(({ token, logprob }) => ({ token, logProbability: logprob }))
  return chosenCandidates.length === 0 ? undefined : { chosenCandidates }
}
