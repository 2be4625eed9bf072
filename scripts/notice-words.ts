import { NOTICES, type NoticeCode } from '../src/exchange/notice.ts'

const HEAD = '// Made from the notices by `npm run docs`.'

/** What each notice says, for people: of the fields that stand beside it. */
const NOTICE_WORDS: Readonly<Record<NoticeCode, string>> = {
  'param.dropped': 'The model has no such parameter; it was left out.',
  'param.clamped': 'The model does not take this value; it got the nearest that it takes.',
  'param.renamed': 'It has another name there, and means the same.',
  'unknown.dropped': 'Only the dialect of the client knows this field; it was left out.',
  'system.relocated': 'Instructions stand in another place there.',
  'rank.weakened': 'The words of the developer have the rank of other instructions there.',
  'turn.merged': 'Turns of one speaker that follow each other became one.',
  'turn.seeded': 'A turn was put in front, since a conversation begins with one of the user there.',
  'turn.emptied': 'Nothing was left of a turn that can be said there.',
  'prefill.trimmed': 'The spaces behind the beginning of the answer were taken away.',
  'name.dropped': 'Who speaks in a turn cannot be named there.',
  'order.flattened': 'Text behind a call of a tool stands before it there.',
  'schema.lowered': 'What the schema asks was put into simpler words that the model takes.',
  'schema.unenforced': 'The model is asked to follow the schema, and is not held to it.',
  'schema.emulated': 'The answer by the schema was had by another way that the model knows.',
  'tool.renamed': 'The tool had another name on the way; the answer calls it by its own.',
  'tool.dropped': 'The model does not have this tool; it was left out.',
  'tool.emulated': 'The tool was offered in another form that the model knows.',
  'tool-choice.weakened': 'The model cannot be held to this choice of tools.',
  'parallel.unenforced': 'The model cannot be held to one call at a time.',
  'result.media-moved': 'What the tool gave beside text stands in a turn of the user.',
  'result.repeated': 'A call was answered twice; the first answer counts.',
  'result.error-textual': 'That the tool failed is said in words.',
  'cache.hint-dropped': 'A mark of what may be cached was left out.',
  'cache.marked': 'The prompt was marked for the cache of the provider, as the route says.',
  'reasoning.dropped': 'Reasoning of earlier turns was left out.',
  'seal.foreign': 'A signature of another provider was left out.',
  'reasoning.adaptive': 'How much to reason is up to the model there.',
  'seal.lost': 'A signature of the provider could not be told to the client.',
  'citation.dropped': 'Citations were left out.',
  'logprobs.dropped': 'Probabilities of words were left out.',
  'media.dropped': 'A picture, recording or document was left out.',
  'call.dropped': 'A call of a tool was left out.',
  'choice.dropped': 'Of several answers the client gets the first.',
  'arguments.invalid': 'The arguments of a call are no valid JSON.',
  'native.dropped': 'A part that only one provider understands was left out.',
  'encoding.emulated': 'The gateway itself wrote the vectors in the encoding that was asked for.',
  'text.cut': 'The provider cuts a text that is too long for it.',
  'native.reworded': 'A part that only one provider understands was said as text.',
  'attribution.stripped': 'The line by which the program names itself was taken out of the instructions.',
  'response.not-stored': 'The answer was not stored, although that was asked for.',
  'guard.masked': 'A guardrail put something else in the place of what it found.',
  'usage.estimated': 'The provider did not say what was used; it is an estimate.',
  'max-tokens.defaulted': 'The longest answer had to be named, and was set.',
  'max-tokens.clamped': 'The longest answer was set to what the model can give.',
  'model.retiring': 'The model will be switched off.',
  'answer.rejected': 'The answer did not pass the checks of the route.',
  'answer.continued': 'The answer broke off, and another model went on with it.',
}

/** What notices say, in sentences for screens: `dashboard/src/words/notices.ts`. */
export function noticeWords(): string {
  const levels = new Map<string, string>(Object.entries(NOTICES))
  const lines = Object.entries(NOTICE_WORDS).map(
    ([code, says]) =>
      `  ${JSON.stringify(code)}: { level: ${JSON.stringify(levels.get(code))}, says: ${JSON.stringify(says)} },`,
  )
  return `${HEAD}

/** \`info\`: a hint was lost; \`warn\`: a wish was not honoured; \`loss\`: meaning was lost. */
export interface NoticeSaid {
  readonly level: 'info' | 'warn' | 'loss'
  readonly says: string
}

/** What the codes of notices mean. */
export const NOTICES: Readonly<Record<string, NoticeSaid | undefined>> = {
${lines.join('\n')}
}
`
}
