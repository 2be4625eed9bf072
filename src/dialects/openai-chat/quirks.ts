import { RESULT_QUIRKS } from '../blocks.ts'
import { SHARED_QUIRKS, type Only, type QuirksOf, type QuirkTable } from '../quirks.ts'
import type { RankingWords } from '../rankings.ts'
import { USAGE_QUIRKS } from '../reported-usage.ts'
import { TOOL_QUIRKS } from '../tool-fields.ts'
import type { VectorWords } from '../vectors.ts'

const VECTORS: Only<VectorWords> = {}
const RANKING: Only<RankingWords> = {}

const OWN = {
  maxTokensParam: { value: 'text', shows: 'other', help: 'Name of the field that limits the output.' },
  developerRole: {
    value: ['developer', 'system'],
    shows: 'request',
    help: 'The role that developer turns get.',
  },
  reasoningField: {
    value: 'text',
    shows: 'other',
    help: 'Field of a message that carries reasoning text.',
  },
  thinkTags: {
    value: 'flag',
    shows: 'other',
    help: 'True where reasoning comes in the text, between <think> tags at its beginning.',
  },
  streamOptions: { value: 'flag', shows: 'other', help: 'False where stream_options is refused.' },
  base64Vectors: {
    value: 'flag',
    shows: 'other',
    help: 'False where vectors are given as numbers only; they are encoded here.',
  },
  tokenInputs: { value: 'flag', shows: 'other', help: 'False where texts cannot be told as tokens.' },
  vectors: { value: VECTORS, shows: 'other', help: 'How encodings and uses of vectors are asked for.' },
  ranking: { value: RANKING, shows: 'other', help: 'How rankings are asked for.' },
  prefillParam: {
    value: ['prefix', 'partial', 'continue_final_message'],
    shows: 'other',
    help: 'How a last turn of the assistant is marked as the beginning of the answer, for models that take one (prefill).',
  },
  alternateTurns: { value: 'flag', shows: 'request', help: 'True where turns must alternate.' },
} as const satisfies QuirkTable

/** How servers deviate from Chat Completions. */
export const QUIRKS: QuirkTable = {
  ...SHARED_QUIRKS,
  ...RESULT_QUIRKS,
  ...TOOL_QUIRKS,
  ...USAGE_QUIRKS,
  ...OWN,
}

declare module '../../exchange/target.ts' {
  interface Quirks extends QuirksOf<typeof OWN> {}
}
