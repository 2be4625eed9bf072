import type { Codec, Dialect } from '../../dialects/dialect.ts'
import type { ModelRequest } from '../../exchange/operations/all.ts'
import { maskJson } from '../../guardrails/mask-json.ts'
import type { FoundCounts, MaskText } from '../../guardrails/mask.ts'
import { parseJsonExactly, type Json, type JsonObject } from '../../kit/json.ts'
import { parseBody } from '../../server/parse-body.ts'
import { spellContent } from '../../store/spell-content.ts'
import { compareSent } from './compare-sent.ts'
import type { ContentJob, ToldAnswer } from './content-job.ts'
import type { ReceivedJob } from './job-batch.ts'
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
export function composeContent(received: ReceivedJob, parts: ComposeParts): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `spellJob` has spelled it
  const job = parseJsonExactly(received.job) as unknown as ContentJob
  const { row, dialect, operation } = job
  const head = { v: VERSION, keep: row.keep, dialect, operation }
  const said = saidIn(job, received, parts.dialects)
  if (row.keep === 'full') return spellContent({ ...row, text: JSON.stringify({ ...head, ...said }) })
  const masked: FoundCounts = {}
  const hidden: Record<string, Json> = {}
  for (const [name, value] of Object.entries(said))
    if (value !== undefined) hidden[name] = maskJson(value, parts.mask, masked)
  return spellContent({ ...row, text: JSON.stringify({ ...head, ...hidden, masked }) })
}

function saidIn(job: ContentJob, bodies: ReceivedJob, dialects: ComposeParts['dialects']): JsonObject {
  const { sent, notCompared, answer, endedBy, failed, isCut, dialect } = job
  const { request, json } = askedIn(job, bodies.asked, dialects)
  const asked = sent?.dialect === dialect ? json : undefined
  return {
    request: request === undefined ? job.told : toldAtOnce(request),
    upstream: sent && compareSent({ sent, notCompared, request, asked, body: bodies.sent }, dialects),
    answer: answer && answerJson(answer, isCut),
    ended_by: endedBy,
    failed_attempts: failed,
  }
}

/** What was asked in the words of the house, and in the client's where it said so itself. */
interface Asked {
  readonly request: ModelRequest | undefined
  readonly json?: JsonObject
}

/** Reads the client's body once more, as it was read when it came. */
function askedIn(
  { at, request, dialect, operation }: ContentJob,
  body: Uint8Array,
  dialects: ComposeParts['dialects'],
): Asked {
  if (at === undefined) return { request }
  const codec: Codec | undefined = dialects.get(dialect)?.codecs[operation]
  const endpoint = codec?.endpoints.find((one) => one === at.endpoint)
  if (codec === undefined || endpoint === undefined) throw new RangeError('there is no such codec')
  const parsed = parseBody(body)
  const head = { endpoint, params: at.params, query: undefined, headers: new Headers() }
  return { request: codec.decodeRequest(parsed, head).request, json: parsed.json }
}

function toldAtOnce(request: ModelRequest): JsonObject {
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
