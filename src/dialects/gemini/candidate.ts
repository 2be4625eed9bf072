import type { FinishReason } from '../../exchange/chat-content.ts'
import { defined } from '../../kit/defined.ts'
import { readArray, readObject, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { AnswerChoice, type OpenBlock } from '../answer-choice.ts'
import type { FinishFacts } from '../answer-reader.ts'
import { FAMILY, FINISH_BY_WORD } from './vocabulary.ts'

/** One of the answers of a response while it is read. Its last word is known only when no further chunk comes. */
export class Candidate extends AnswerChoice {
  finishWord: string | undefined
  explanation: string | undefined
  /** What only this family understands. */
  unknown: JsonObject | undefined
  searches = 0

  /** The prose that is open, if it is of that kind. */
  prose(kind: 'text' | 'reasoning'): OpenBlock | undefined {
    const open = this.find(undefined)
    return open?.kind === kind ? open : undefined
  }

  /** How it ended. Calls hide behind a plain stop. */
  end(): FinishFacts {
    const word = this.finishWord ?? 'STOP'
    const named = FINISH_BY_WORD[word] ?? 'stop'
    const reason: FinishReason = named === 'stop' && this.hasCalled ? 'tool-calls' : named
    return {
      reason,
      ...(word === 'STOP' || word === 'MAX_TOKENS' ? {} : { rawReason: word }),
      ...(reason === 'content-filter' || reason === 'refusal'
        ? defined({ explanation: this.explanation })
        : {}),
      ...(this.unknown === undefined ? {} : { extra: { [FAMILY]: this.unknown } }),
    }
  }
}

const NOTHING: JsonObject = {}

/** Log probabilities in the form that all clients get them in: the token that was chosen, and the others that were likely. */
export function toLogprobs(held: JsonObject): readonly Json[] {
  const result = readObject(held, 'logprobsResult') ?? NOTHING
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

/** The sources of a text, with what of it each supports. */
export function* citationsIn(
  grounding: JsonObject,
): Generator<{ readonly text?: string; readonly url?: string; readonly title?: string }> {
  const sources = readObjects(grounding, 'groundingChunks').map(
    (chunk) => readObject(chunk, 'web') ?? readObject(chunk, 'retrievedContext') ?? NOTHING,
  )
  for (const support of readObjects(grounding, 'groundingSupports')) {
    const text = readString(readObject(support, 'segment') ?? NOTHING, 'text')
    for (const at of readArray(support, 'groundingChunkIndices')) {
      const source = sources[Number(at)] ?? NOTHING
      yield defined({ text, url: readString(source, 'uri'), title: readString(source, 'title') })
    }
  }
}
