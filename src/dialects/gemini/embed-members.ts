import type { MediaBlock, TextBlock } from '../../exchange/content.ts'
import type { EmbedRequest, EmbedTask } from '../../exchange/operations/embed.ts'
import { isMixed, type Input } from '../../exchange/operations/inputs.ts'
import { readObject, readObjects, readString, type Json, type JsonObject } from '../../kit/json.ts'
import type { RequestContext, RequestHead } from '../dialect.ts'
import type { Body } from '../fates.ts'
import { FieldFates } from '../field-fates.ts'
import type { Asking, MemberFates } from '../member-fates.ts'
import { OPTIONS_FIELD } from '../options-field.ts'
import { objectAt, unknownMembers, withUnknown } from '../unknown-members.ts'
import { refuseTokens, settleForNumbers, taskOf } from '../vectors.ts'
import type { WireFields } from '../whole-codec.ts'
import { inCamel } from '../../kit/in-camel.ts'
import { writeMedia } from './media-parts.ts'
import { readPart } from './parts.ts'
import { modelInPath } from './path-of-model.ts'
import { FAMILY, FIELDS, SINGLE } from './vocabulary.ts'

type To = Asking<EmbedRequest>
const fate = new FieldFates<To>(FIELDS)

/** What vectors are for, in the words of the API (https://ai.google.dev/api/embeddings#v1beta.TaskType); others it knows alone. */
const TASK_WORDS: Readonly<Record<EmbedTask, string>> = {
  query: 'RETRIEVAL_QUERY',
  document: 'RETRIEVAL_DOCUMENT',
  similarity: 'SEMANTIC_SIMILARITY',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
}

export const MEMBERS: MemberFates<EmbedRequest> = {
  inputs: {
    names: ['requests'],
    becomes: 'kept',
    note: 'tokens are refused',
    read(body, rest) {
      const entries = readObjects(body, 'requests')
      const beside = entries.map(
        (one) => unknownMembers(readObject(one, 'content') ?? {}, CONTENT_FIELDS) ?? null,
      )
      if (beside.some((unknown) => unknown !== null)) rest['requests'] = beside
      return entries.map(readInput)
    },
    write(inputs, { request, capabilities }, body) {
      refuseTokens(request)
      const { requests: beside } = body
      body['requests'] = inputs.map((input, index) => ({
        content: withUnknown({ parts: writeParts(input, capabilities) }, objectAt(beside, index)),
        title: request.titles?.[index],
      }))
    },
  },
  titles: {
    names: ['requests'],
    becomes: 'kept',
    note: 'beside what they are the titles of',
    read(body) {
      const titles = readObjects(body, 'requests').map((one) => FIELDS.text(one, 'title', placeOf(one)))
      return titles.every((title) => title === undefined) ? undefined : titles
    },
  },
  dimensions: fate.field('outputDimensionality', (body) => FIELDS.positive(body, 'outputDimensionality')),
  encodings: {
    names: ['encoding_format'],
    becomes: 'encoding.emulated',
    note: 'base64 is made of numbers, others are refused',
    read: () => ['float'],
    write: (encodings, { notice }) => settleForNumbers(encodings, notice),
  },
  task: {
    names: ['taskType'],
    becomes: 'kept',
    read: readTask,
    write: (task, _to, body) => void (body['taskType'] = TASK_WORDS[task]),
  },
  user: fate.lost('user'),
}

/** A word that others do not have is kept for the family as any field that is not understood. */
function readTask(body: JsonObject, rest: Body): EmbedTask | undefined {
  const word = FIELDS.text(body, 'taskType')
  const task = taskOf(word ?? '')
  if (task === undefined && word !== undefined) rest['taskType'] = word
  return task
}

/** The members that may differ from one input to the next; the others are said once for all. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['model', 'content', 'title', OPTIONS_FIELD])
const BODY_FIELDS: ReadonlySet<string> = new Set(['requests', ...OWN_FIELDS])

/** Bodies are of one input, with what is asked of it, or a list of such; providers are always asked for a list. */
export const FORM = {
  /** Inputs that ask for different kinds of vectors in one request are refused. Each is told where it stands. */
  open(written: JsonObject, head: RequestHead): JsonObject {
    const body = inCamel(written)
    modelInPath(head, body)
    if (isSingle(head.endpoint))
      return { ...unknownMembers(body, OWN_FIELDS), requests: [{ ...body, at: '' }] }
    const entries = entriesIn(body)
    for (const [index, entry] of entries.entries()) modelInPath(head, entry, `requests[${index}]`)
    return {
      ...unknownMembers(body, BODY_FIELDS),
      ...settingsOf(entries),
      requests: entries.map((entry, index) => ({ ...entry, at: `requests[${index}]` })),
    }
  },
  close({ requests, ...settings }: WireFields, { model }: RequestContext): JsonObject {
    const entries = readObjects({ requests }, 'requests')
    return { requests: entries.map((entry) => ({ model: `models/${model}`, ...entry, ...settings })) }
  },
  answerShape: (endpoint: string): string | undefined => (isSingle(endpoint) ? SINGLE : undefined),
} as const

function isSingle(endpoint: string): boolean {
  return endpoint.endsWith(':embedContent')
}

function entriesIn(body: JsonObject): readonly JsonObject[] {
  const requests = FIELDS.array(body, 'requests') ?? FIELDS.refuseAbsent('requests')
  if (requests.length === 0) FIELDS.refuse('requests', 'is empty')
  return requests.map((one, index) => inCamel(FIELDS.asObject(one, `requests[${index}]`)))
}

/** What is said alike of all inputs. */
function settingsOf(entries: readonly JsonObject[]): JsonObject {
  const [first = {}, ...rest] = entries.map((entry) => unknownMembers(entry, OWN_FIELDS) ?? {})
  const said = JSON.stringify(first)
  const other = rest.findIndex((settings) => JSON.stringify(settings) !== said)
  if (other >= 0) FIELDS.refuse(`requests[${other + 1}]`, 'must ask for the same as the first one')
  return first
}

/** Where an input stood, as `open` has told. */
function placeOf(entry: JsonObject): string {
  return readString(entry, 'at') ?? ''
}

const CONTENT_FIELDS: ReadonlySet<string> = new Set(['role', 'parts'])

/** What stands in one content gets one vector. */
function readInput(entry: JsonObject): Input {
  const at = placeOf(entry)
  const within = at === '' ? 'content' : `${at}.content`
  const content = FIELDS.asObject(entry['content'], within)
  const written = FIELDS.array(content, 'parts', within) ?? []
  if (written.length === 0) FIELDS.refuseAbsent(`${within}.parts`)
  const parts = written.map((part, index) => readMixed(part, `${within}.parts[${index}]`))
  const [only, ...others] = parts
  return only?.type === 'text' && only.extra === undefined && others.length === 0 ? only.text : { parts }
}

function readMixed(part: Json, at: string): TextBlock | MediaBlock {
  const block = readPart(part, at)
  return block.type === 'text' || block.type === 'media' ? block : FIELDS.refuseKind(at, 'a text or media')
}

function writeParts(input: Input, capabilities: RequestContext['capabilities']): readonly JsonObject[] {
  if (!isMixed(input)) return [{ text: String(input) }]
  return input.parts.map((part) =>
    withUnknown(
      part.type === 'text' ? { text: part.text } : writeMedia(part, { capabilities }),
      part.extra?.[FAMILY],
    ),
  )
}
