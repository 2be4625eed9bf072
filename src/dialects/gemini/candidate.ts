import { defined } from '../../kit/defined.ts'
import { readString, type JsonObject } from '../../kit/json.ts'
import type { JsonPieces } from '../../kit/json-pieces.ts'
import { AnswerChoice, type OpenBlock } from '../answer-choice.ts'
import type { FinishFacts } from '../answer-reader.ts'
import { unknownMembers } from '../unknown-members.ts'
import { FAMILY, FINISH_BY_WORD } from './vocabulary.ts'

/** Members of a candidate that are understood. */
const CANDIDATE_FIELDS: ReadonlySet<string> = new Set([
  'content',
  'finishReason',
  'finishMessage',
  'index',
  'logprobsResult',
])

/** One of the answers of a response while it is read. Its last word is known only when no further chunk comes. */
export class Candidate extends AnswerChoice {
  finishWord: string | undefined
  #explanation: string | undefined
  /** What only this family understands. */
  #unknown: JsonObject | undefined
  searches = 0
  /** All texts so far, and how many characters of them stand before the one that is open. */
  said = ''
  from = 0
  /** The arguments of the call that is open, where they come in pieces. */
  pieces: JsonPieces | undefined

  /** The prose that is open, if it is of that kind. */
  prose(kind: 'text' | 'reasoning'): OpenBlock | undefined {
    const open = this.find(undefined)
    return open?.kind === kind ? open : undefined
  }

  /** Takes down what a chunk says of how it ends; gives the word for it, empty where there is none yet. */
  readEnd(held: JsonObject): string {
    const unknown = unknownMembers(held, CANDIDATE_FIELDS)
    if (unknown !== undefined) this.#unknown = { ...this.#unknown, ...unknown }
    this.#explanation = readString(held, 'finishMessage') ?? this.#explanation
    const word = readString(held, 'finishReason') ?? UNSAID
    if (word === UNSAID) return ''
    this.finishWord = word
    return word
  }

  /** How it ended. Calls hide behind a plain stop. */
  end(): FinishFacts {
    const word = this.finishWord ?? 'STOP'
    const named = FINISH_BY_WORD.get(word) ?? 'stop'
    const reason = named === 'stop' && this.hasCalled ? 'tool-calls' : named
    const isRefusal = reason === 'content-filter' || reason === 'refusal'
    return {
      reason,
      ...defined({
        rawReason: word === 'STOP' || word === 'MAX_TOKENS' ? undefined : word,
        explanation: isRefusal ? this.#explanation : undefined,
        extra: this.#unknown && { [FAMILY]: this.#unknown },
      }),
    }
  }
}

const UNSAID = 'FINISH_REASON_UNSPECIFIED'
