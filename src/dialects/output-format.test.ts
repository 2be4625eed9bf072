import { describe, expect, test } from 'bun:test'
import type { ChatRequest, OutputFormat } from '../exchange/chat.ts'
import type { Quirks } from '../exchange/target.ts'
import { Fields } from './fields.ts'
import { FormatField, wordsForOutput } from './output-format.ts'
import { towards, toolRules } from './towards.ts'

const fields = new Fields({
  family: 'ours',
  marks: [],
  words: {
    sentence: (path, complaint) => `${path} ${complaint}`,
    required: 'is required',
    mustBe: 'must be',
  },
})
const FORMAT = new FormatField({
  fields,
  field: 'format',
  holder: 'held',
  writeSchema: ({ name, schema }) => ({ type: 'json_schema', held: { name, schema } }),
})
const RULES = toolRules({ pattern: 'any', length: 40 }, { mostCharacters: 64, emulatesText: false })
const schema = { type: 'object' }
const SCHEMA: OutputFormat = { type: 'json-schema', schema, name: 'form' }

function asked(output: OutputFormat, structuredOutput?: NonNullable<Quirks['structuredOutput']>) {
  const notices: string[] = []
  const chat: ChatRequest = {
    operation: 'chat',
    model: 'm',
    turns: [],
    stream: false,
    wantsUsage: true,
    output,
  }
  const context = {
    model: 'm',
    capabilities: {},
    quirks: structuredOutput === undefined ? {} : { structuredOutput },
    headers: {},
    notice: (code: string, where?: string) => void notices.push(`${code} ${where}`),
  }
  return { to: towards(chat, context, RULES), notices }
}

test.each([
  [{ type: 'text' }],
  [{ type: 'json_object' }],
  [{ type: 'json_schema', held: { name: 'form', schema } }],
])('%j reads back as it was written', (raw) => {
  const output = FORMAT.read(raw)
  if (output === undefined) throw new Error('not read')
  expect(FORMAT.say(output)).toEqual(raw)
})

test('a type that is not known is left to the family, and a schema has to be there', () => {
  expect(FORMAT.read({ type: 'grammar' })).toBeUndefined()
  expect(() => FORMAT.read({ type: 'json_schema' })).toThrow('format.held.schema is required')
})

describe('a format is told as far as the provider holds an answer to it', () => {
  const NAMED = { type: 'json_schema', held: { name: 'form', schema } }
  const ANY = { type: 'json_schema', held: { name: 'output', schema } }
  test.each([
    ['text', { type: 'text' }, 'none', { type: 'text' }, [], undefined],
    ['a schema', SCHEMA, undefined, NAMED, [], undefined],
    ['a schema', SCHEMA, 'json-object', { type: 'json_object' }, ['schema.unenforced format'], 'JSON Schema'],
    ['a schema', SCHEMA, 'none', undefined, ['schema.unenforced format'], 'JSON Schema'],
    ['any object', { type: 'json' }, 'json-object', { type: 'json_object' }, [], undefined],
    ['any object', { type: 'json' }, 'json-schema-only', ANY, ['schema.emulated format'], undefined],
    ['any object', { type: 'json' }, 'none', undefined, ['schema.emulated format'], 'one valid JSON object'],
  ] as const)('%s: %j, %s', (_what, output, means, told, said, words) => {
    const { to, notices } = asked(output, means)
    expect(FORMAT.write(output, to)).toEqual(told)
    expect(notices).toEqual([...said])
    if (words === undefined) expect(wordsForOutput(to)).toBeUndefined()
    else expect(wordsForOutput(to)).toContain(words)
  })
})
