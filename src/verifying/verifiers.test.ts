import { describe, expect, test } from 'bun:test'
import type { Evidence, Verdict } from '../exchange/acceptance.ts'
import type { FinishReason } from '../exchange/chat-content.ts'
import type { ChatRequest } from '../exchange/chat.ts'
import { collect, type Choice, type Message } from '../exchange/collect.ts'
import type { Block, ToolCallBlock } from '../exchange/content.ts'
import { explode } from '../exchange/explode.fixture.ts'
import { NO_USAGE } from '../exchange/usage.ts'
import type { Json, JsonObject } from '../kit/json.ts'
import { VERIFIERS } from './all.ts'

const QUESTION = 'How many apples are left over in the basket?'

const request = (changes: Partial<ChatRequest> = {}): ChatRequest => ({
  operation: 'chat',
  model: 'm',
  stream: false,
  wantsUsage: true,
  turns: [{ role: 'user', blocks: [{ type: 'text', text: QUESTION }] }],
  ...changes,
})
const asking = (text: string): Partial<ChatRequest> => ({
  turns: [{ role: 'user', blocks: [{ type: 'text', text }] }],
})

interface Said {
  readonly blocks?: readonly Block[]
  readonly reason?: FinishReason
  readonly logprobs?: readonly Json[]
}

const words = (text: string): Block => ({ type: 'text', text })
const call = (name: string, args: string, form: ToolCallBlock['form'] = 'json'): Block => ({
  type: 'tool-call',
  id: 'call_1',
  name,
  arguments: args,
  form,
})
const choiceOf = ({ blocks = [], reason = 'stop', logprobs = [] }: Said): Choice => ({
  index: 0,
  blocks,
  finish: { type: 'finish', choice: 0, reason },
  logprobs,
})

function kind(name: string) {
  const found = VERIFIERS.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no verifier ${name}`)
  return found
}

/** What a verifier finds, in an answer that came whole and in the same one that came in pieces. */
function judge(
  name: string,
  said: Said | string,
  asked: Partial<ChatRequest> = {},
  options?: JsonObject,
): string {
  const choice = choiceOf(typeof said === 'string' ? { blocks: [words(said)] } : said)
  const message: Message = { choices: [choice], usage: NO_USAGE }
  const verifier = options === undefined ? kind(name).standard : kind(name).schema.parse(options)
  const evidence: Evidence = { request: request(asked), choice, isWhole: true }
  const whole = verifier.judge(evidence)
  const [streamed = choice] = collect(explode(message)).choices
  expect(verifier.judge({ ...evidence, choice: streamed })).toEqual(whole)
  return shown(name, whole)
}

function shown(name: string, verdict: Verdict): string {
  if (verdict.says !== 'reject') return verdict.says
  expect(Object.keys(kind(name).reasons)).toContain(verdict.reason)
  return verdict.reason
}

const ofAllKinds: readonly Block[] = [
  { type: 'reasoning', text: 'Let me see.', form: 'full' },
  { type: 'media', kind: 'image', source: { from: 'url', url: 'https://example.com/a.png' } },
  { type: 'search-result', source: 's', title: 't', blocks: [words('found')] },
  { type: 'tool-result', callId: 'call_1', isError: false, blocks: [words('result')] },
  { type: 'native', family: 'elsewhere', raw: { type: 'search' } },
  words('Three apples are left over in the basket.'),
]

describe('every verifier', () => {
  test.each(VERIFIERS.map(({ name }) => name))(
    '%s has nothing against a good answer with blocks of all kinds',
    (name) => {
      expect(['pass', 'nothing']).toContain(judge(name, { blocks: ofAllKinds }))
    },
  )

  test.each(VERIFIERS.map(({ name }) => name))(
    '%s takes no longer than its text for hostile ones',
    (name) => {
      const length = 60_000
      const hostile = [
        '1'.repeat(length),
        '1+'.repeat(length / 2),
        '1  +  '.repeat(length / 6),
        '1 + 1 = 2, '.repeat(length / 11),
        '\0'.repeat(length),
        '\u202Eא'.repeat(length / 2),
        ' '.repeat(length),
        '['.repeat(length),
        `{"${'\\'.repeat(length)}`,
        '{"a":'.repeat(length / 5),
        '```'.repeat(length / 3),
        'sorry '.repeat(length / 6),
      ]
      const asked = { output: { type: 'json-schema', schema: { type: 'array' } } } as const
      const began = performance.now()
      for (const text of hostile) judge(name, text, asked)
      // A second look at each, folded from its pieces, is in this; a search that goes over a text again and again takes minutes.
      expect(performance.now() - began).toBeLessThan(2_000)
    },
  )

  test('the names are those of the files, and each is there once', () => {
    const names = VERIFIERS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  })
})

test.each([
  ['Three.', 'pass'],
  [' \n\t ', 'says-nothing'],
  [{ blocks: [] }, 'says-nothing'],
  [{ blocks: [{ type: 'reasoning', text: 'Hm.', form: 'full' }] }, 'says-nothing'],
  [{ blocks: [], reason: 'pause' }, 'nothing'],
  [{ blocks: [call('look', '{}')] }, 'pass'],
  [{ blocks: [{ type: 'refusal', text: 'No.' }] }, 'pass'],
] as const)('empty: %j is %s', (said: Said | string, expected) => {
  expect(judge('empty', said)).toBe(expected)
})

test.each([
  ['Three.', 'pass'],
  [{ blocks: [words('Three and')], reason: 'length' }, 'cut-by-limit'],
  [{ blocks: [words('Three and')], reason: 'context-length' }, 'cut-by-limit'],
  ['{"apples": 3', 'unfinished-json'],
  ['[1, 2, "three', 'unfinished-json'],
  ['{"apples": "a } and a \\" "}', 'pass'],
  ['[1] is a citation, and so is [2', 'pass'],
  ['{ not JSON', 'pass'],
  [{ blocks: [call('look', '{"at": "the')], reason: 'tool-calls' }, 'unfinished-json'],
] as const)('truncation: %j is %s', (said: Said | string, expected) => {
  expect(judge('truncation', said)).toBe(expected)
})

test.each([
  ['There are three apples.', 'pass'],
  ["I'm sorry, but I can't help with that.", 'declined-in-words'],
  ['I’m sorry, but I can’t assist with this request.', 'declined-in-words'],
  ['Es tut mir leid, aber dabei kann ich nicht helfen.', 'declined-in-words'],
  ['Je suis désolé, mais je ne peux pas vous aider.', 'declined-in-words'],
  ['Lo siento, pero no puedo ayudar con eso.', 'declined-in-words'],
  ['抱歉，我无法回答这个问题。', 'declined-in-words'],
  ['申し訳ありませんが、お答えできません。', 'declined-in-words'],
  ['As an AI language model, I have no basket.', 'declined-in-words'],
  ["Three. I can't help with the pears, though.", 'pass'],
  ['Sorry to hear that! There are three left.', 'pass'],
] as const)('refusal: %j is %s', (said, expected) => {
  expect(judge('refusal', said)).toBe(expected)
})

const TOOLS: ChatRequest['tools'] = [
  {
    type: 'function',
    name: 'look',
    parameters: { type: 'object', properties: { at: { type: 'string' } }, required: ['at'] },
  },
  { type: 'function', name: 'wait' },
  { type: 'text', name: 'run' },
]

test.each([
  [[call('look', '{"at": "basket"}')], TOOLS, 'pass'],
  [[call('look', '{"at": 7}')], TOOLS, 'breaks-schema'],
  [[call('look', '{}')], TOOLS, 'breaks-schema'],
  [[call('look', '')], TOOLS, 'breaks-schema'],
  [[call('look', '{"at": ')], TOOLS, 'no-json'],
  [[call('look', '["basket"]')], TOOLS, 'no-json'],
  [[call('wait', '')], TOOLS, 'pass'],
  [[call('run', 'ls -l', 'text')], TOOLS, 'pass'],
  [[call('lock', '{}')], TOOLS, 'unknown-tool'],
  [[call('lock', '{}')], [{ type: 'hosted', family: 'f', name: 'search', raw: {} }], 'nothing'],
  [[call('wait', '{}'), call('look', '{}')], TOOLS, 'breaks-schema'],
  [[words('Three.')], TOOLS, 'nothing'],
] as const)('tool-arguments: %j of %# is %s', (blocks: readonly Block[], tools, expected) => {
  expect(judge('tool-arguments', { blocks, reason: 'tool-calls' }, { tools })).toBe(expected)
})

const COUNT = { type: 'object', properties: { apples: { type: 'integer' } }, required: ['apples'] } as const

test.each([
  ['{"apples": 3}', { type: 'json-schema', schema: COUNT }, undefined, 'pass'],
  ['{"apples": "three"}', { type: 'json-schema', schema: COUNT }, undefined, 'breaks-schema'],
  ['Three apples.', { type: 'json-schema', schema: COUNT }, undefined, 'no-json'],
  ['```json\n{"apples": 3}\n```', { type: 'json-schema', schema: COUNT }, undefined, 'no-json'],
  ['[3]', { type: 'json' }, undefined, 'pass'],
  ['three', { type: 'json' }, undefined, 'no-json'],
  ['three', { type: 'text' }, undefined, 'nothing'],
  ['three', undefined, undefined, 'nothing'],
  ['{"apples": 3}', undefined, { schema: COUNT }, 'pass'],
  ['{"pears": 3}', undefined, { schema: COUNT }, 'breaks-schema'],
  ['{"apples": 3}', undefined, { schema: { not: { pattern: 'x' } } }, 'pass'],
  ['{"apples": 3}', undefined, { schema: { $ref: 'https://example.com/schema' } }, 'nothing'],
] as const)('schema: %j for %j and %j is %s', (said, output, options: JsonObject | undefined, expected) => {
  expect(judge('schema', said, output === undefined ? {} : { output }, options)).toBe(expected)
})

test('schema: a call is no answer yet', () => {
  const output = { type: 'json-schema', schema: COUNT } as const
  expect(judge('schema', { blocks: [call('look', '{}')] }, { output })).toBe('nothing')
})

const PROSE = Array.from(
  { length: 60 },
  (_, index) => `Basket ${index} has ${index * 7} apples in it. `,
).join('')

test.each([
  [PROSE, 'pass'],
  ['Ha ha.', 'pass'],
  [`${PROSE}${'and so on and on '.repeat(60)}`, 'loops'],
  ['no '.repeat(300), 'loops'],
] as const)('repetition: %#  is %s', (said, expected) => {
  expect(judge('repetition', said)).toBe(expected)
  const thought: Block = { type: 'reasoning', text: said, form: 'full' }
  expect(judge('repetition', { blocks: [thought] })).toBe(expected)
})

test.each([
  ['There are three apples left over.', QUESTION, 'pass'],
  ['В корзине осталось ровно три яблока.', QUESTION, 'other-script'],
  ['籃子裡還剩下三個蘋果，其餘的都已經被孩子們吃掉了，明天再買。', QUESTION, 'other-script'],
  ['В корзине осталось ровно три яблока.', 'Translate to Russian: three apples are left over.', 'nothing'],
  ['There are three apples left over.', 'Сколько яблок осталось в корзине?', 'other-script'],
  ['```js\nconst applesLeftOver = countAll(basket)\n```', 'Сколько яблок осталось в корзине?', 'nothing'],
  ['Три.', QUESTION, 'nothing'],
  ['3', '12 - 9 = ?', 'nothing'],
] as const)('language: %j to %j is %s', (said, asked, expected) => {
  expect(judge('language', said, asking(asked))).toBe(expected)
})

test('language: the file may want a script whatever the question is in', () => {
  const options = { script: 'latin' }
  expect(judge('language', 'В корзине осталось ровно три яблока.', asking('Сколько?'), options)).toBe(
    'other-script',
  )
})

const sure = (...values: readonly (number | null)[]): Said => ({
  blocks: [words('Three.')],
  logprobs: values.map((logprob) => ({ token: 'x', logprob })),
})

test.each([
  [sure(), 'nothing'],
  [sure(null, null), 'nothing'],
  [sure(-0.1, -0.2, -0.1), 'pass'],
  [sure(-2, -3, -0.1), 'unsure'],
  [sure(...Array<number>(60).fill(-0.01), ...Array<number>(5).fill(-9)), 'unsure-in-places'],
  [sure(...Array<number>(60).fill(-0.01), -9), 'pass'],
] as const)('log-probabilities: %# is %s', (said, expected) => {
  expect(judge('log-probabilities', said)).toBe(expected)
})

test.each([
  ['2 + 2 = 5', 'wrong-sum'],
  ['2+2=4', 'pass'],
  ['So 12 * 3 - 1 = 35, and 35 + 5 = 41.', 'wrong-sum'],
  ['10 / 3 = 3.33 and 20/3 = 6.66', 'pass'],
  ['10/2 = 6', 'wrong-sum'],
  ['17 / 5 = 3 remainder 2', 'nothing'],
  ['x + 3 = 7', 'nothing'],
  ['2^3 + 1 = 9', 'nothing'],
  ['(2 + 3) * 4 = 20', 'nothing'],
  ['1/2 + 1/3 = 5/6', 'nothing'],
  ['$5 + $3 = $9', 'wrong-sum'],
  ['1,200 + 300 = 1,500', 'pass'],
  ['0.1 + 0.2 = 0.3', 'pass'],
  ['3 − 5 = −2', 'pass'],
  ['7 · 8 = 54', 'wrong-sum'],
  ['45 + 30 = 1 hour 15 minutes', 'nothing'],
  ['45 + 30 = 1:15', 'nothing'],
  ['10 + 5 = 16 apples', 'wrong-sum'],
  ['2024-01-05 = a Friday', 'nothing'],
  ['1 / 0 = 0', 'pass'],
  ['f(2) + 3 = 4', 'nothing'],
  ['2 + 2 = 4 = 2 * 2', 'nothing'],
] as const)('arithmetic: %j is %s', (said, expected) => {
  expect(judge('arithmetic', said)).toBe(expected)
})
