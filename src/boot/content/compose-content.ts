import type { Dialect } from '../../dialects/dialect.ts'
import { maskJson } from '../../guardrails/mask-json.ts'
import type { FoundCounts, MaskText } from '../../guardrails/mask.ts'
import { parseJsonExactly, type Json, type JsonObject } from '../../kit/json.ts'
import { spellContent } from '../../store/spell-content.ts'
import { compareSent } from './compare-sent.ts'
import type { ContentJob, SpelledJob, ToldAnswer } from './content-job.ts'
import { blockJson } from './plain-content.ts'
import { toldRequest } from './told-request.ts'

/** What content is put in order with. */
export interface ComposeParts {
  readonly dialects: ReadonlyMap<string, Dialect>
  readonly mask: MaskText
}

/** The form that it is kept in; a further one gets a further number. */
const VERSION = 1

/** Puts what was said in a request in the order in which it is kept, masked where it is redacted, and spells it for the store. */
export function composeContent([text, asked, body]: SpelledJob, parts: ComposeParts): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `spellJob` has spelled it
  const job = parseJsonExactly(text) as unknown as ContentJob
  const { row, dialect, operation } = job
  const head = { v: VERSION, keep: row.keep, dialect, operation }
  const said = saidIn({ job, asked, body }, parts.dialects)
  if (row.keep === 'full') return spellContent({ ...row, text: JSON.stringify({ ...head, ...said }) })
  const masked: FoundCounts = {}
  const hidden: Record<string, Json> = {}
  for (const [name, value] of Object.entries(said))
    if (value !== undefined) hidden[name] = maskJson(value, parts.mask, masked)
  return spellContent({ ...row, text: JSON.stringify({ ...head, ...hidden, masked }) })
}

interface Said {
  readonly job: ContentJob
  readonly asked: string
  readonly body: string
}

function saidIn({ job, ...bodies }: Said, dialects: ComposeParts['dialects']): JsonObject {
  const { sent, answer, endedBy, failed, isCut } = job
  return {
    request: requestOf(job),
    upstream: sent && compareSent({ job: { ...job, sent }, ...bodies }, dialects),
    answer: answer && answerJson(answer, isCut),
    ended_by: endedBy,
    failed_attempts: failed,
  }
}

function requestOf({ request, told }: ContentJob): JsonObject | undefined {
  if (request === undefined) return told
  const steps = toldRequest(request)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

function answerJson({ model, responseId, choices }: ToldAnswer, isCut: boolean): JsonObject {
  if (choices === undefined) return {}
  return {
    model,
    response_id: responseId,
    choices: choices.map(({ blocks, finish }) => ({
      blocks: blocks.map(blockJson),
      finish: finish?.reason,
      stop_sequence: finish?.stopSequence,
      explanation: finish?.explanation,
    })),
    ...(isCut ? { is_cut: true } : {}),
  }
}
