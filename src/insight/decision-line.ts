import { readDecision } from '../exchange/decision-record.ts'
import { readObjects, readString } from '../kit/json.ts'
import { sentenceOf } from './explanation-json.ts'
import type { RequestRow } from '../store/store.ts'

/**
 * A decision in one line: who was asked first and why, and who answered where that was somebody else. Undefined where nobody was chosen.
 */
export function decisionLine({ decision = '', target }: RequestRow): string | undefined {
  const record = readDecision(decision)
  const rank = readObjects(record ?? {}, 'steps').findLast(({ step }) => step === 'rank')
  const [first] = readObjects(rank ?? {}, 'targets')
  const asked = readString(first ?? {}, 'target')
  if (rank === undefined || asked === undefined) return undefined
  const why = sentenceOf(readString(rank, 'reason') ?? '')
  const begun = `${asked} was asked first. ${why}`.trim()
  return target === undefined || target === asked ? begun : `${begun} ${target} answered.`
}
