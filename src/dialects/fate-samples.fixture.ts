import type { ChatRequest, OutputFormat, Tool, Turn } from '../exchange/chat.ts'
import type { Choice, Message } from '../exchange/collect.ts'
import type {
  Block,
  Family,
  Signature,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../exchange/content.ts'
import type { Finish } from '../exchange/chat-content.ts'
import { NO_USAGE } from '../exchange/usage.ts'
import type { AnswerPart, BlockPart, RequestPart } from './fates.fixture.ts'

/** Stands in the samples where text can stand, so that it can be looked for on the wire. */
export const MARK = 'MARK-7'

const signatureOf = (family: Family): Signature => ({ family, scheme: 'signature', value: MARK })
const text = (more: Partial<TextBlock> = {}): TextBlock => ({ type: 'text', text: 'hello', ...more })
const call = (more: Partial<ToolCallBlock> = {}): ToolCallBlock => ({
  type: 'tool-call',
  id: 'call_1',
  name: 'f',
  arguments: '{"a":1}',
  form: 'json',
  ...more,
})
const image: Block = {
  type: 'media',
  kind: 'image',
  source: { from: 'bytes', base64: MARK, mediaType: 'image/png' },
}
const document: Block = {
  type: 'media',
  kind: 'document',
  source: { from: 'bytes', base64: 'aGk=', mediaType: 'application/pdf' },
}
const passage: Block = { type: 'search-result', source: 'https://e.example', title: 'E', blocks: [text()] }
const toolResult: ToolResultBlock = {
  type: 'tool-result',
  callId: 'call_1',
  isError: false,
  blocks: [text()],
}

type SampleBlock = (family: Family) => Block

/** A block that holds the part, said by a family. */
const BLOCKS: Readonly<Record<BlockPart, SampleBlock>> = {
  'text.text': () => text({ text: MARK }),
  'text.citations': (family) =>
    family === 'elsewhere'
      ? text({ citations: [{ text: MARK }] })
      : text({
          citations: [
            { url: `https://${MARK}`, extra: { [family]: { type: 'own', url: `https://${MARK}` } } },
          ],
        }),
  'text.signature': (family) => text({ signature: signatureOf(family) }),
  'refusal.text': () => ({ type: 'refusal', text: MARK }),
  'reasoning.text': () => ({ type: 'reasoning', text: MARK, form: 'full' }),
  'reasoning.form': (family) => ({
    type: 'reasoning',
    text: '',
    form: 'hidden',
    signature: signatureOf(family),
  }),
  'reasoning.signature': (family) => ({
    type: 'reasoning',
    text: 'hm',
    form: 'full',
    signature: signatureOf(family),
  }),
  'tool-call.id': () => call({ id: MARK }),
  'tool-call.name': () => call({ name: MARK }),
  'tool-call.arguments': () => call({ arguments: `{"a":"${MARK}"}` }),
  'tool-call.form': () => call({ form: 'text', name: 'patch', arguments: MARK }),
  'tool-call.signature': (family) => call({ signature: signatureOf(family) }),
  'media.kind': () => ({
    ...image,
    kind: 'audio',
    source: { from: 'bytes', base64: MARK, mediaType: 'audio/wav' },
  }),
  'media.source': () => image,
  'media.name': () => ({ ...document, name: MARK }),
  'media.context': () => ({ ...document, context: MARK }),
  'media.detail': () => ({ ...image, detail: 'high' }),
  'media.cite': () => ({ ...document, cite: true }),
  'search-result.source': () => ({ ...passage, source: MARK }),
  'search-result.title': () => ({ ...passage, title: MARK }),
  'search-result.blocks': () => ({ ...passage, blocks: [text({ text: MARK })] }),
  'search-result.cite': () => ({ ...passage, cite: true }),
  'tool-result.callId': () => ({ ...toolResult, callId: MARK }),
  'tool-result.isError': () => ({ ...toolResult, isError: true }),
  'tool-result.blocks': () => ({ ...toolResult, blocks: [text({ text: MARK })] }),
  'native.family': (family) => ({
    type: 'native',
    family,
    raw: { type: 'own', id: MARK, audio: { id: MARK } },
  }),
  'native.raw': (family) => ({ type: 'native', family, raw: { type: 'own', id: MARK, audio: { id: MARK } } }),
  'native.elsewhere': (family) => ({ type: 'native', family, raw: { type: 'own' }, elsewhere: MARK }),
}

interface SampleAnswer {
  readonly start?: Pick<Message, 'responseId' | 'model' | 'extra'>
  readonly finish?: Partial<Finish>
  readonly choices?: readonly Choice[]
  readonly block?: Block
}

const ANSWERS: Readonly<Record<Exclude<AnswerPart, BlockPart>, (family: Family) => SampleAnswer>> = {
  'block.extra': (family) => ({ block: call({ extra: { [family]: { kin: MARK } } }) }),
  'finish.reason': () => ({ finish: { reason: 'length' } }),
  'finish.rawReason': () => ({ finish: { rawReason: 'because' } }),
  'finish.stopSequence': () => ({ finish: { reason: 'stop-sequence', stopSequence: MARK } }),
  'finish.explanation': () => ({ finish: { reason: 'refusal', explanation: MARK } }),
  'finish.extra': (family) => ({ finish: { extra: { [family]: { kin: MARK } } } }),
  'start.responseId': () => ({ start: { responseId: 'r' } }),
  'start.model': () => ({ start: { model: 'm' } }),
  'start.extra': (family) => ({ start: { extra: { [family]: { kin: MARK } } } }),
  'choice.index': () => ({ choices: [choiceOf(text()), { ...choiceOf(text({ text: MARK })), index: 1 }] }),
  'choice.logprobs': () => ({ choices: [{ ...choiceOf(text()), logprobs: [{ token: MARK, logprob: -1 }] }] }),
}

function choiceOf(block: Block, finish: Partial<Finish> = {}): Choice {
  return {
    index: 0,
    blocks: [block],
    finish: { type: 'finish', choice: 0, reason: 'stop', ...finish },
    logprobs: [],
  }
}

/** An answer that holds the part, said by a family. */
export function sampleAnswer(part: AnswerPart, family: Family): Message {
  const {
    start = {},
    finish,
    choices,
    block = text(),
  }: SampleAnswer = isBlockPart(part) ? { block: BLOCKS[part](family) } : ANSWERS[part](family)
  return { ...start, choices: choices ?? [choiceOf(block, finish)], usage: NO_USAGE }
}

function isBlockPart(part: string): part is BlockPart {
  return part in BLOCKS
}

const tool: Tool = {
  type: 'function',
  name: 'f',
  description: 'does',
  parameters: { type: 'object', properties: {} },
}
const patch: Tool = { type: 'text', name: 'patch' }
const hosted = (family: Family): Tool => ({
  type: 'hosted',
  family,
  name: 'web_search',
  raw: { type: 'web_search', name: MARK },
})

type SampleRequest = (family: Family) => Partial<ChatRequest> & { readonly turn?: Partial<Turn> }

const SCHEMA = {
  type: 'object',
  properties: { a: { type: 'string' } },
  required: ['a'],
  additionalProperties: false,
}
const withSchema = (more: Partial<Extract<OutputFormat, { type: 'json-schema' }>>): Partial<ChatRequest> => ({
  output: { type: 'json-schema', schema: SCHEMA, ...more },
})

const REQUESTS: Readonly<Record<Exclude<RequestPart, BlockPart>, SampleRequest>> = {
  'block.cache': () => ({ turn: { blocks: [text({ cache: {} })] } }),
  'block.extra': (family) => ({ turn: { blocks: [text({ extra: { [family]: { kin: MARK } } })] } }),
  'turn.rank': () => ({ turn: { role: 'system', rank: 'developer' } }),
  'turn.name': () => ({ turn: { name: MARK } }),
  'turn.extra': (family) => ({ turn: { extra: { [family]: { kin: MARK } } } }),
  'function.name': () => ({ tools: [{ ...tool, name: MARK }] }),
  'function.description': () => ({ tools: [{ ...tool, description: MARK }] }),
  'function.parameters': () => ({
    tools: [{ ...tool, parameters: { type: 'object', properties: { [MARK]: {} } } }],
  }),
  'function.strict': () => ({ tools: [{ ...tool, strict: true, parameters: SCHEMA }] }),
  'function.cache': () => ({ tools: [{ ...tool, cache: {} }] }),
  'function.joined': () => ({ tools: [{ ...tool, joined: true }] }),
  'function.extra': (family) => ({ tools: [{ ...tool, extra: { [family]: { kin: MARK } } }] }),
  'text.name': () => ({ tools: [{ ...patch, name: MARK }] }),
  'text.description': () => ({ tools: [{ ...patch, description: MARK }] }),
  'text.format': () => ({ tools: [{ ...patch, format: { type: 'grammar', definition: MARK } }] }),
  'text.cache': () => ({ tools: [{ ...patch, cache: {} }] }),
  'text.extra': (family) => ({ tools: [{ ...patch, extra: { [family]: { kin: MARK } } }] }),
  'hosted.family': (family) => ({ tools: [hosted(family)] }),
  'hosted.name': (family) => ({ tools: [hosted(family)] }),
  'hosted.raw': (family) => ({ tools: [hosted(family)] }),
  'hosted.joined': (family) => ({ tools: [{ ...hosted(family), joined: true }] }),
  'hosted.optional': (family) => ({ tools: [{ ...hosted(family), optional: true }] }),
  'choice.auto': () => ({ tools: [tool], toolChoice: { type: 'auto' } }),
  'choice.none': () => ({ tools: [tool], toolChoice: { type: 'none' } }),
  'choice.required': () => ({ tools: [tool], toolChoice: { type: 'required' } }),
  'choice.tool': () => ({ tools: [{ ...tool, name: MARK }], toolChoice: { type: 'tool', name: MARK } }),
  'choice.allowed': () => ({
    tools: [tool, { ...tool, name: 'g' }],
    toolChoice: { type: 'allowed', mode: 'auto', names: ['f'] },
  }),
  'reasoning.effort': () => ({ reasoning: { effort: 'high' } }),
  'reasoning.budgetTokens': () => ({ reasoning: { mode: 'on', budgetTokens: 2_048 } }),
  'reasoning.mode': () => ({ reasoning: { mode: 'adaptive' } }),
  'reasoning.show': () => ({ reasoning: { effort: 'high', show: 'omitted' } }),
  'output.text': () => ({ output: { type: 'text' } }),
  'output.json': () => ({ output: { type: 'json' } }),
  'output.json-schema': () => withSchema({}),
  'json-schema.schema': () => withSchema({}),
  'json-schema.name': () => withSchema({ name: MARK }),
  'json-schema.description': () => withSchema({ description: MARK }),
  'json-schema.strict': () => withSchema({ strict: true }),
  'request.parallelToolCalls': () => ({ tools: [tool], parallelToolCalls: false }),
  'request.maxOutputTokens': () => ({ maxOutputTokens: 4_321 }),
  'request.temperature': () => ({ temperature: 0.5 }),
  'request.topP': () => ({ topP: 0.5 }),
  'request.topK': () => ({ topK: 5 }),
  'request.presencePenalty': () => ({ presencePenalty: 0.5 }),
  'request.frequencyPenalty': () => ({ frequencyPenalty: 0.5 }),
  'request.stop': () => ({ stop: [MARK] }),
  'request.seed': () => ({ seed: 5 }),
  'request.choices': () => ({ choices: 2 }),
  'request.logprobs': () => ({ logprobs: { top: 2 } }),
  'request.logitBias': () => ({ logitBias: { '50256': -100 } }),
  'request.verbosity': () => ({ verbosity: 'low' }),
  'request.cacheKey': () => ({ cacheKey: MARK }),
  'request.cache': () => ({ cache: {} }),
  'request.serviceTier': () => ({ serviceTier: 'auto' }),
  'request.user': () => ({ user: MARK }),
  'request.metadata': () => ({ metadata: { a: MARK } }),
  'request.bound': (family) => ({ bound: [{ family, field: 'thread', kept: false }] }),
  'request.extra': (family) => ({ extra: { [family]: { kin: MARK } } }),
}

const USER_BLOCKS: ReadonlySet<Block['type']> = new Set(['media', 'search-result', 'tool-result'])
const QUESTION: Turn = { role: 'user', blocks: [text()] }

/** A request that holds the part, said by a family. */
export function sampleRequest(part: RequestPart, family: Family): ChatRequest {
  const { turn, ...more } = isBlockPart(part) ? { turn: undefined } : REQUESTS[part](family)
  const turns = isBlockPart(part)
    ? turnsAround(BLOCKS[part](family))
    : [{ ...QUESTION, ...turn }, ...(turn?.role === 'system' ? [QUESTION] : [])]
  return {
    operation: 'chat',
    model: 'm',
    stream: false,
    wantsUsage: false,
    maxOutputTokens: 4_096,
    turns,
    ...more,
  }
}

/** A conversation in which the block stands where it can: with the user, or in an answer that has been given. */
function turnsAround(block: Block): readonly Turn[] {
  if (block.type === 'tool-result') {
    return [
      QUESTION,
      { role: 'assistant', blocks: [call({ id: block.callId })] },
      { role: 'user', blocks: [block] },
    ]
  }
  if (USER_BLOCKS.has(block.type)) return [{ role: 'user', blocks: [block] }]
  const answer: Turn = { role: 'assistant', blocks: block.type === 'tool-call' ? [block] : [block, text()] }
  return [
    QUESTION,
    answer,
    { role: 'user', blocks: block.type === 'tool-call' ? [{ ...toolResult, callId: block.id }] : [text()] },
  ]
}

/** Every part of a request, and of an answer. */
export const REQUEST_PARTS: readonly RequestPart[] = [...namesOf(BLOCKS), ...namesOf(REQUESTS)]
export const ANSWER_PARTS: readonly AnswerPart[] = [...namesOf(BLOCKS), ...namesOf(ANSWERS)]

function namesOf<Name extends string>(samples: Readonly<Record<Name, unknown>>): readonly Name[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a record are exactly what its type says
  return Object.keys(samples) as Name[]
}
