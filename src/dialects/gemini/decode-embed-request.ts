import type { EmbedRequest, EmbedTask } from '../../exchange/operations/embed.ts'
import { setDefined, type Mutable } from '../../kit/mutable.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { DecodedRequest, RequestHead } from '../dialect.ts'
import { unknownMembers } from '../unknown-members.ts'
import { taskOf } from '../vectors.ts'
import { OPTIONS_FIELD, withOptions } from '../options-field.ts'
import { inCamel } from './in-camel.ts'
import { modelInPath } from './path-of-model.ts'
import { FAMILY, FIELDS, SINGLE } from './vocabulary.ts'

/** What vectors are for, in the words of the API (https://ai.google.dev/api/embeddings#v1beta.TaskType); others it knows alone. */
export const TASK_WORDS: Readonly<Record<EmbedTask, string>> = {
  query: 'RETRIEVAL_QUERY',
  document: 'RETRIEVAL_DOCUMENT',
  similarity: 'SEMANTIC_SIMILARITY',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
}

/** The members that may differ from one text to the next; the others are said once for all. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['model', 'content', 'title', OPTIONS_FIELD])
const BODY_FIELDS: ReadonlySet<string> = new Set(['requests', ...OWN_FIELDS])
const DIMENSIONS: ReadonlySet<string> = new Set(['outputDimensionality'])
const DIMENSIONS_AND_TASK: ReadonlySet<string> = new Set([...DIMENSIONS, 'taskType'])

/**
 * Reads the body of `embedContent` or `batchEmbedContents`; the model stands in the path. Texts that ask for different kinds of
 * vectors in one request are refused. Throws `Failure('invalid-request', { param })`.
 */
export function decodeEmbedRequest(written: JsonObject, head: RequestHead): DecodedRequest<'embed'> {
  const body = inCamel(written)
  const isSingle = head.endpoint.endsWith(':embedContent')
  const entries = isSingle ? [{ at: '', entry: body }] : entriesIn(body)
  const request: Mutable<EmbedRequest> = {
    operation: 'embed',
    model: modelInPath(head, body),
    inputs: entries.map(({ entry, at }) => textIn(entry, at)),
    encodings: ['float'],
    stream: false,
  }
  for (const { entry, at } of entries) modelInPath(head, entry, at)
  const titles = entries.map(({ entry, at }) => FIELDS.text(entry, 'title', at))
  if (titles.some((title) => title !== undefined)) request.titles = titles
  if (isSingle) request.answerShape = SINGLE
  addSettings(request, { ...unknownMembers(body, BODY_FIELDS), ...settingsOf(entries) })
  return withOptions(request, body)
}

/** A text with what is said of it, and where it stands. */
interface Entry {
  readonly entry: JsonObject
  readonly at: string
}

function entriesIn(body: JsonObject): readonly Entry[] {
  const requests = FIELDS.array(body, 'requests') ?? FIELDS.refuseAbsent('requests')
  if (requests.length === 0) FIELDS.refuse('requests', 'is empty')
  return requests.map((one, index) => {
    const at = `requests[${index}]`
    return { entry: inCamel(FIELDS.asObject(one, at)), at }
  })
}

function textIn(entry: JsonObject, at: string): string {
  const within = at === '' ? 'content' : `${at}.content`
  const content = FIELDS.asObject(entry['content'], within)
  const parts = FIELDS.array(content, 'parts', within) ?? []
  if (parts.length === 0) FIELDS.refuseAbsent(`${within}.parts`)
  const texts = parts.map((part, index) => {
    const place = `${within}.parts[${index}]`
    return FIELDS.text(FIELDS.asObject(part, place), 'text', place) ?? FIELDS.refuseKind(place, 'a text')
  })
  return texts.join('\n')
}

/** What is said alike of all texts. */
function settingsOf(entries: readonly Entry[]): JsonObject {
  const [first = {}, ...rest] = entries.map(({ entry }) => unknownMembers(entry, OWN_FIELDS) ?? {})
  const said = JSON.stringify(first)
  const other = rest.findIndex((settings) => JSON.stringify(settings) !== said)
  if (other >= 0) FIELDS.refuse(`requests[${other + 1}]`, 'must ask for the same as the first one')
  return first
}

function addSettings(request: Mutable<EmbedRequest>, settings: JsonObject): void {
  const dimensions = FIELDS.count(settings, 'outputDimensionality')
  if (dimensions === 0) FIELDS.refuse('outputDimensionality', 'must be at least 1')
  setDefined(request, 'dimensions', dimensions)
  const task = taskOf(FIELDS.text(settings, 'taskType') ?? '')
  setDefined(request, 'task', task)
  const unknown = unknownMembers(settings, task === undefined ? DIMENSIONS : DIMENSIONS_AND_TASK)
  if (unknown !== undefined) request.extra = { [FAMILY]: unknown }
}
