import type { FinishReason } from '../../exchange/chat-content.ts'
import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'
import { AnswerChoice, type OpenBlock } from '../answer-choice.ts'
import type { FinishFacts } from '../answer-reader.ts'
import type { PartialCall } from './partial-call.ts'
import { FAMILY, FINISH_BY_WORD } from './vocabulary.ts'

/** One of the answers of a response while it is read. Its last word is known only when no further chunk comes. */
export class Candidate extends AnswerChoice {
  finishWord: string | undefined
  explanation: string | undefined
  /** What only this family understands. */
  unknown: JsonObject | undefined
  searches = 0
  /** All texts so far, and how many characters of them stand before the one that is open. */
  said = ''
  from = 0
  /** The call of which not all arguments have come. */
  partial: PartialCall | undefined

  /** The prose that is open, if it is of that kind. */
  prose(kind: 'text' | 'reasoning'): OpenBlock | undefined {
    const open = this.find(undefined)
    return open?.kind === kind ? open : undefined
  }

  /** How it ended. Calls hide behind a plain stop. */
  end(): FinishFacts {
    const word = this.finishWord ?? 'STOP'
    const named = FINISH_BY_WORD.get(word) ?? 'stop'
    const reason: FinishReason = named === 'stop' && this.hasCalled ? 'tool-calls' : named
    const isRefusal = reason === 'content-filter' || reason === 'refusal'
    return {
      reason,
      ...defined({
        rawReason: word === 'STOP' || word === 'MAX_TOKENS' ? undefined : word,
        explanation: isRefusal ? this.explanation : undefined,
        extra: this.unknown && { [FAMILY]: this.unknown },
      }),
    }
  }
}
