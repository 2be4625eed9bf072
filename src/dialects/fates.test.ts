import { describe, expect, test } from 'bun:test'
import type { Message } from '../exchange/collect.ts'
import { explode } from '../exchange/explode.fixture.ts'
import { Failure } from '../exchange/failure.ts'
import { NOTICES, type NoticeCode, type NoticeSink } from '../exchange/notice.ts'
import { DIALECTS } from './all.ts'
import { speakChat } from './speak-chat.fixture.ts'
import type { Dialect } from './dialect.ts'
import { ANSWER_PARTS, MARK, REQUEST_PARTS, sampleAnswer, sampleRequest } from './fate-samples.fixture.ts'
import type { AnswerPart, Fate, FateByFamily, Fates, RequestPart } from './fates.fixture.ts'

const SAID_BY_OWN = { own: 'said', foreign: 'unknown.dropped' } as const
const HOSTED = { own: 'said', foreign: 'refused' } as const
const NATIVE = { own: 'said', foreign: 'native.dropped' } as const
/** What a request is asked about must be told, in other words or not at all. */
const NATIVE_INPUT = { own: 'said', foreign: 'refused' } as const
const OWN_SEAL = { own: 'said', foreign: 'seal.foreign' } as const

/** What becomes of everything that a request can hold, towards a provider of which nothing special is known. */
const REQUEST_FATES: Readonly<Record<string, Fates<RequestPart>>> = {
  'openai-chat': {
    'text.text': 'said',
    'text.citations': 'citation.dropped',
    'text.seal': 'seal.foreign',
    'refusal.text': 'said',
    'reasoning.text': 'reasoning.dropped',
    'reasoning.form': OWN_SEAL,
    'reasoning.seal': OWN_SEAL,
    'tool-call.id': 'said',
    'tool-call.name': 'said',
    'tool-call.arguments': 'said',
    'tool-call.form': 'said',
    'tool-call.seal': 'seal.foreign',
    'media.kind': 'said',
    'media.source': 'said',
    'media.name': 'said',
    'media.context': 'otherwise',
    'media.detail': 'said',
    'media.cite': 'citation.dropped',
    'search-result.source': 'otherwise',
    'search-result.title': 'otherwise',
    'search-result.blocks': 'otherwise',
    'search-result.cite': 'citation.dropped',
    'tool-result.callId': 'said',
    'tool-result.isError': 'result.error-textual',
    'tool-result.blocks': 'said',
    'native.family': NATIVE_INPUT,
    'native.raw': NATIVE_INPUT,
    'native.elsewhere': { own: 'unneeded', foreign: 'native.reworded' },
    'block.cache': 'cache.hint-dropped',
    'block.extra': SAID_BY_OWN,
    'turn.rank': 'said',
    'turn.name': 'said',
    'turn.extra': SAID_BY_OWN,
    'function.name': 'said',
    'function.description': 'said',
    'function.parameters': 'said',
    'function.strict': 'said',
    'function.cache': 'cache.hint-dropped',
    'function.joined': 'unneeded',
    'function.extra': SAID_BY_OWN,
    'text.name': 'said',
    'text.description': 'said',
    'text.format': 'said',
    'text.cache': 'cache.hint-dropped',
    'text.extra': SAID_BY_OWN,
    'hosted.family': HOSTED,
    'hosted.name': HOSTED,
    'hosted.raw': HOSTED,
    'hosted.joined': { own: 'unneeded', foreign: 'refused' },
    'choice.auto': 'said',
    'choice.none': 'said',
    'choice.required': 'said',
    'choice.tool': 'said',
    'choice.allowed': 'said',
    'reasoning.effort': 'said',
    'reasoning.budgetTokens': 'param.renamed',
    'reasoning.mode': 'reasoning.adaptive',
    'reasoning.show': 'param.dropped',
    'output.text': 'said',
    'output.json': 'said',
    'output.json-schema': 'said',
    'json-schema.schema': 'said',
    'json-schema.name': 'said',
    'json-schema.description': 'said',
    'json-schema.strict': 'said',
    'request.parallelToolCalls': 'said',
    'request.maxOutputTokens': 'said',
    'request.temperature': 'said',
    'request.topP': 'said',
    'request.topK': 'param.dropped',
    'request.presencePenalty': 'said',
    'request.frequencyPenalty': 'said',
    'request.stop': 'said',
    'request.seed': 'said',
    'request.choices': 'said',
    'request.logprobs': 'said',
    'request.logitBias': 'said',
    'request.verbosity': 'said',
    'request.cacheKey': 'said',
    'request.cache': 'cache.hint-dropped',
    'request.serviceTier': 'said',
    'request.user': 'said',
    'request.metadata': 'said',
    'request.bound': { own: 'said', foreign: 'refused' },
    'request.extra': SAID_BY_OWN,
  },
  'anthropic-messages': {
    'text.text': 'said',
    'text.citations': { own: 'said', foreign: 'citation.dropped' },
    'text.seal': 'seal.foreign',
    'refusal.text': 'otherwise',
    'reasoning.text': 'reasoning.dropped',
    'reasoning.form': OWN_SEAL,
    'reasoning.seal': OWN_SEAL,
    'tool-call.id': 'said',
    'tool-call.name': 'said',
    'tool-call.arguments': 'said',
    'tool-call.form': 'otherwise',
    'tool-call.seal': 'seal.foreign',
    'media.kind': 'refused',
    'media.source': 'said',
    'media.name': 'said',
    'media.context': 'said',
    'media.detail': 'param.dropped',
    'media.cite': 'said',
    'search-result.source': 'said',
    'search-result.title': 'said',
    'search-result.blocks': 'said',
    'search-result.cite': 'said',
    'tool-result.callId': 'said',
    'tool-result.isError': 'said',
    'tool-result.blocks': 'said',
    'native.family': NATIVE_INPUT,
    'native.raw': NATIVE_INPUT,
    'native.elsewhere': { own: 'unneeded', foreign: 'native.reworded' },
    'block.cache': 'said',
    'block.extra': SAID_BY_OWN,
    'turn.rank': 'rank.weakened',
    'turn.name': 'name.dropped',
    'turn.extra': SAID_BY_OWN,
    'function.name': 'said',
    'function.description': 'said',
    'function.parameters': 'said',
    'function.strict': 'said',
    'function.cache': 'said',
    'function.joined': 'unneeded',
    'function.extra': SAID_BY_OWN,
    'text.name': 'tool.emulated',
    'text.description': 'tool.emulated',
    'text.format': 'tool.emulated',
    'text.cache': 'tool.emulated',
    'text.extra': { own: 'tool.emulated', foreign: ['tool.emulated', 'unknown.dropped'] },
    'hosted.family': HOSTED,
    'hosted.name': HOSTED,
    'hosted.raw': HOSTED,
    'hosted.joined': { own: 'unneeded', foreign: 'refused' },
    'choice.auto': 'said',
    'choice.none': 'said',
    'choice.required': 'said',
    'choice.tool': 'said',
    'choice.allowed': 'tool-choice.weakened',
    'reasoning.effort': 'said',
    'reasoning.budgetTokens': 'said',
    'reasoning.mode': 'said',
    'reasoning.show': 'said',
    'output.text': 'unneeded',
    'output.json': 'schema.unenforced',
    'output.json-schema': 'said',
    'json-schema.schema': 'said',
    // A label for the application's own use.
    'json-schema.name': 'unneeded',
    'json-schema.description': 'unknown.dropped',
    // The API always holds to the schema.
    'json-schema.strict': 'unneeded',
    'request.parallelToolCalls': 'said',
    'request.maxOutputTokens': 'said',
    'request.temperature': 'said',
    'request.topP': 'said',
    'request.topK': 'said',
    'request.presencePenalty': 'param.dropped',
    'request.frequencyPenalty': 'param.dropped',
    'request.stop': 'said',
    'request.seed': 'param.dropped',
    'request.choices': 'refused',
    'request.logprobs': 'param.dropped',
    'request.logitBias': 'param.dropped',
    'request.verbosity': 'param.dropped',
    'request.cacheKey': 'cache.hint-dropped',
    'request.cache': 'said',
    'request.serviceTier': 'said',
    'request.user': 'said',
    'request.metadata': 'param.dropped',
    'request.bound': { own: 'said', foreign: 'refused' },
    'request.extra': SAID_BY_OWN,
  },
}

/** No provider answers with these. */
const NEVER_ANSWERED = {
  'search-result.source': 'native.dropped',
  'search-result.title': 'native.dropped',
  'search-result.blocks': 'native.dropped',
  'search-result.cite': 'native.dropped',
  'tool-result.callId': 'native.dropped',
  'tool-result.isError': 'native.dropped',
  'tool-result.blocks': 'native.dropped',
} as const

/** What only the maker's own clients know is in nearly every answer, and no other client misses it. */
const OWN_KNOWLEDGE = { own: 'said', foreign: 'unneeded' } as const

/** What becomes of everything that an answer can hold, towards a client. */
const ANSWER_FATES: Readonly<Record<string, Fates<AnswerPart>>> = {
  'openai-chat': {
    ...NEVER_ANSWERED,
    'text.text': 'said',
    'text.citations': { own: 'said', foreign: 'citation.dropped' },
    'text.seal': 'seal.lost',
    'refusal.text': 'said',
    'reasoning.text': 'said',
    'reasoning.form': 'said',
    'reasoning.seal': 'said',
    'tool-call.id': 'said',
    'tool-call.name': 'said',
    'tool-call.arguments': 'said',
    'tool-call.form': 'said',
    'tool-call.seal': 'said',
    'media.kind': 'media.dropped',
    'media.source': 'said',
    'media.name': 'media.dropped',
    'media.context': 'media.dropped',
    'media.detail': 'unneeded',
    'media.cite': 'media.dropped',
    'native.family': NATIVE,
    'native.raw': NATIVE,
    'native.elsewhere': { own: 'unneeded', foreign: 'native.dropped' },
    'block.extra': OWN_KNOWLEDGE,
    'finish.reason': 'said',
    'finish.rawReason': 'unneeded',
    // Its own API does not tell either.
    'finish.stopSequence': 'unneeded',
    'finish.explanation': 'said',
    'finish.extra': 'unneeded',
    // Clients get ids and names of ours.
    'start.responseId': 'unneeded',
    'start.model': 'unneeded',
    'start.extra': OWN_KNOWLEDGE,
    'choice.index': 'said',
    'choice.logprobs': 'said',
  },
  'anthropic-messages': {
    ...NEVER_ANSWERED,
    'text.text': 'said',
    'text.citations': { own: 'said', foreign: 'citation.dropped' },
    'text.seal': 'seal.lost',
    'refusal.text': 'otherwise',
    'reasoning.text': 'said',
    'reasoning.form': 'said',
    'reasoning.seal': 'said',
    'tool-call.id': 'said',
    'tool-call.name': 'said',
    'tool-call.arguments': 'said',
    'tool-call.form': 'otherwise',
    'tool-call.seal': 'otherwise',
    'media.kind': 'media.dropped',
    'media.source': 'media.dropped',
    'media.name': 'media.dropped',
    'media.context': 'media.dropped',
    'media.detail': 'media.dropped',
    'media.cite': 'media.dropped',
    'native.family': NATIVE,
    'native.raw': NATIVE,
    'native.elsewhere': { own: 'unneeded', foreign: 'native.dropped' },
    'block.extra': OWN_KNOWLEDGE,
    'finish.reason': 'said',
    'finish.rawReason': 'unneeded',
    'finish.stopSequence': 'said',
    'finish.explanation': 'said',
    'finish.extra': OWN_KNOWLEDGE,
    'start.responseId': 'unneeded',
    'start.model': 'unneeded',
    'start.extra': OWN_KNOWLEDGE,
    'choice.index': 'choice.dropped',
    'choice.logprobs': 'logprobs.dropped',
  },
}

/** What became of a part: the notices it left, or `refused`, and what was written. */
interface Outcome {
  readonly notices: readonly string[]
  readonly written: string
}

function encodeRequest(dialect: Dialect, part: RequestPart, family: string): Outcome {
  const codes = new Set<string>()
  const notice: NoticeSink = (code) => void codes.add(code)
  const context = { model: 'm', capabilities: {}, quirks: {}, headers: {}, notice }
  try {
    const { body } = speakChat(dialect).encodeRequest(sampleRequest(part, family), context)
    return { notices: [...codes].sort(), written: body }
  } catch (thrown) {
    if (thrown instanceof Failure) return { notices: ['refused'], written: '' }
    throw thrown
  }
}

function encodeAnswer(dialect: Dialect, message: Message, mode: 'unary' | 'stream'): Outcome {
  const codes = new Set<string>()
  const encoder = speakChat(dialect).encodeResponse({
    request: { operation: 'chat', model: 'm', turns: [], stream: mode === 'stream', wantsUsage: true },
    requestId: 'req_1',
    model: 'm',
    createdMs: 0,
    estimatedInputTokens: 0,
    notice: (code) => void codes.add(code),
  })
  const written =
    mode === 'unary'
      ? JSON.stringify(encoder.unary(message))
      : explode(message)
          .map((event) => encoder.event(event))
          .join('')
  return { notices: [...codes].sort(), written }
}

/** The notices that a fate leaves. */
function noticesOf(fate: Fate): readonly string[] {
  if (typeof fate !== 'string') return fate
  return fate === 'refused' || isNotice(fate) ? [fate] : []
}

function isNotice(fate: string): fate is NoticeCode {
  return fate in NOTICES
}

function isSaid(fate: Fate): boolean {
  return fate === 'said' || fate === 'otherwise'
}

function isByFamily(fate: Fate | FateByFamily): fate is FateByFamily {
  return typeof fate === 'object' && 'own' in fate
}

/** Each part as said by the dialect's own family and by another, with its fate. */
function rowsOf<Part extends string>(
  dialect: Dialect,
  {
    parts,
    fates,
  }: { readonly parts: readonly Part[]; readonly fates: Readonly<Record<string, Fates<Part>>> },
): { readonly part: Part; readonly whose: string; readonly family: string; readonly fate: Fate }[] {
  const table = fates[dialect.name]
  if (table === undefined) throw new Error(`there is no table of fates for ${dialect.name}`)
  return parts.flatMap((part) => {
    const fate: Fate | FateByFamily = table[part]
    const byFamily = isByFamily(fate) ? fate : { own: fate, foreign: fate }
    return [
      { part, whose: 'own', family: dialect.family, fate: byFamily.own },
      { part, whose: 'foreign', family: 'elsewhere', fate: byFamily.foreign },
    ]
  })
}

describe.each(DIALECTS.map((dialect) => ({ name: dialect.name, dialect })))('$name', ({ dialect }) => {
  test.each(rowsOf(dialect, { parts: REQUEST_PARTS, fates: REQUEST_FATES }))(
    'what becomes of $part in a request ($whose): $fate',
    ({ part, family, fate }) => {
      const { notices, written } = encodeRequest(dialect, part, family)
      expect(notices).toEqual([...noticesOf(fate)])
      if (isSaid(fate) && JSON.stringify(sampleRequest(part, family)).includes(MARK))
        expect(written).toContain(MARK)
    },
  )

  test.each(rowsOf(dialect, { parts: ANSWER_PARTS, fates: ANSWER_FATES }))(
    'what becomes of $part in an answer ($whose), streamed or not: $fate',
    ({ part, family, fate }) => {
      const message = sampleAnswer(part, family)
      const unary = encodeAnswer(dialect, message, 'unary')
      expect(unary.notices).toEqual([...noticesOf(fate)])
      expect(encodeAnswer(dialect, message, 'stream').notices).toEqual([...unary.notices])
      if (isSaid(fate) && JSON.stringify(message).includes(MARK)) expect(unary.written).toContain(MARK)
    },
  )
})
