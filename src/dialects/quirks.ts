import type { Operation } from '../exchange/operations/all.ts'
import type { ToolCallIdRule } from './tool-call-id.ts'

/*
 * A quirk is a declared peculiarity of a provider's wire. It is defined once, where it is obeyed: its value, where it shows and what
 * it means. The type of the values, the schema of the file and its reference follow from that. Absent always means "as the reference
 * of the dialect does it".
 */

/** What can stand in the file, by kind. */
interface Kinds {
  readonly flag: boolean
  readonly text: string
  readonly texts: readonly string[]
  readonly names: Readonly<Record<string, string>>
  readonly count: number
  readonly number: number
}

/** What a quirk can be: a kind, one of several words, or for the tables of the house alone (`only`), a type of its own. */
type Value = keyof Kinds | readonly string[] | Only<unknown>

/** Stands for a type; there is never such a value. */
export interface Only<Type> {
  readonly only?: Type
}

export interface Quirk {
  readonly value: Value
  /** In requests that are written for the provider, which then always are, or otherwise: in answers, in the choice of the lane. */
  readonly shows: 'request' | 'other'
  /** What it means, for the reference of the file. */
  readonly help: string
}

/** The quirks that a dialect obeys, by name. */
export type QuirkTable = Readonly<Record<string, Quirk>>

type ValueOf<V> = V extends keyof Kinds
  ? Kinds[V]
  : V extends readonly string[]
    ? V[number]
    : V extends Only<infer Type>
      ? Type
      : never

/** What a provider's row says of the quirks of a table. */
export type QuirksOf<Table extends QuirkTable> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name]['value']>
}

const CALL_IDS: Only<ToolCallIdRule> = {}
const FURTHER: Only<Readonly<Record<string, string | number | boolean>>> = {}
const OPERATIONS: Only<readonly Operation[]> = {}

/** What the machinery obeys that all dialects share. */
export const SHARED_QUIRKS = {
  dropParams: { value: 'texts', shows: 'request', help: 'Request fields to leave out.' },
  renameParams: { value: 'names', shows: 'request', help: 'Request fields to rename.' },
  addParams: {
    value: FURTHER,
    shows: 'request',
    help: 'Request fields that are said where the client does not.',
  },
  echoReasoning: {
    value: ['never', 'tool-calls'],
    shows: 'request',
    help: 'Which past reasoning is sent back: none, or that of turns with tool calls, empty if unknown.',
  },
  reasoningParam: {
    value: ['reasoning_effort', 'thinking-type', 'none'],
    shows: 'request',
    help: 'How reasoning effort is asked for.',
  },
  structuredOutput: {
    value: ['json-schema', 'json-schema-only', 'json-object', 'none'],
    shows: 'request',
    help: 'What structured output can do; json-schema-only refuses to be asked for any JSON object.',
  },
  strictTools: { value: 'flag', shows: 'request', help: 'False where strict tools are refused.' },
  tools: { value: 'flag', shows: 'request', help: 'False where tools are refused.' },
  hostedTools: {
    value: 'texts',
    shows: 'request',
    help: 'Tools of the dialect that the provider runs itself, by type, where those are not all.',
  },
  textTools: {
    value: 'flag',
    shows: 'request',
    help: 'False where tools with free text for input are refused and must be told as functions of one string.',
  },
  imageUrls: { value: 'flag', shows: 'request', help: 'False where images must be sent inline.' },
  maxTemperature: { value: 'number', shows: 'request', help: 'Highest temperature.' },
  maxStops: { value: 'count', shows: 'request', help: 'Most stop sequences.' },
  // These are obeyed by requests that are passed on as well, or lose nothing there.
  toolCallId: { value: CALL_IDS, shows: 'other', help: 'Characters and length of the ids of tool calls.' },
  maxToolNameCharacters: { value: 'count', shows: 'other', help: "Most characters of a tool's name." },
  maxUserCharacters: { value: 'count', shows: 'other', help: 'Most characters of the name of the end user.' },
  imageTypes: { value: 'texts', shows: 'other', help: 'Media types of images that are taken as bytes.' },
  keepAttribution: {
    value: 'flag',
    shows: 'other',
    help: 'True where client attribution lines in the system prompt must reach the provider.',
  },
  keeps: {
    value: 'texts',
    shows: 'other',
    help: 'Fields that stand for what the server keeps and that it knows, such as thread or container.',
  },
  conformant: {
    value: 'flag',
    shows: 'other',
    help: 'False when streams deviate from the dialect and need repair.',
  },
  sharedCallIndex: {
    value: 'flag',
    shows: 'other',
    help: 'True where tool calls of a stream may share an index; such streams are repaired.',
  },
  batchInputs: {
    value: 'count',
    shows: 'other',
    help: 'Most texts of one request for embeddings or verdicts; more are asked for in several requests.',
  },
  batchDocuments: {
    value: 'count',
    shows: 'other',
    help: 'Most documents of one ranking; more are ranked in several requests.',
  },
  comparableScores: {
    value: 'flag',
    shows: 'other',
    help: 'False where a score depends on the documents beside it: more than fit into one ranking are refused.',
  },
  batchTokens: { value: 'count', shows: 'other', help: 'The same of the tokens of all texts together.' },
  lacks: {
    value: OPERATIONS,
    shows: 'other',
    help: 'Operations of the dialect that the provider does not serve.',
  },
} as const satisfies QuirkTable

declare module '../exchange/target.ts' {
  interface Quirks extends QuirksOf<typeof SHARED_QUIRKS> {}
}
