import { describe, expect, test } from 'bun:test'
import type { ChatRequest, Tool } from '../exchange/chat.ts'
import type { Quirks } from '../exchange/target.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Body } from './fates.ts'
import { Fields } from './fields.ts'
import { ToolFields } from './tool-fields.ts'
import { towards, toolRules } from './towards.ts'

const fields = new Fields({
  family: 'ours',
  marks: ['mark'],
  words: {
    sentence: (path, complaint) => `${path} ${complaint}`,
    required: 'is required',
    mustBe: 'must be',
  },
})
const NESTED = new ToolFields({ fields, nested: true, explicit: false })
const FLAT = new ToolFields({ fields, nested: false, explicit: true })
const RULES = toolRules({ pattern: 'any', length: 40 }, { mostCharacters: 64, emulatesText: false })

function write(tools: ToolFields, asked: Partial<ChatRequest>, quirks: Quirks = {}) {
  const notices: string[] = []
  const chat: ChatRequest = {
    operation: 'chat',
    model: 'm',
    turns: [],
    stream: false,
    wantsUsage: true,
    ...asked,
  }
  const body: Body = {}
  const context = {
    model: 'm',
    capabilities: {},
    quirks,
    headers: {},
    notice: (code: string) => void notices.push(code),
  }
  const told = tools.write(towards(chat, context, RULES), body)
  return { body: JSON.parse(JSON.stringify(body)) as JsonObject, notices, told }
}

const parameters = { type: 'object', properties: { city: { type: 'string' } } }

describe('a tool', () => {
  test.each([
    [
      'nested',
      NESTED,
      {
        type: 'function',
        function: { name: 'look', description: 'Looks.', parameters, strict: false, novel: 1 },
      },
    ],
    [
      'flat',
      FLAT,
      { type: 'function', name: 'look', description: 'Looks.', parameters, strict: false, novel: 1 },
    ],
    [
      'nested, of free text',
      NESTED,
      { type: 'custom', custom: { name: 'run', format: { type: 'text' } }, novel: 1 },
    ],
    ['flat, of free text', FLAT, { type: 'custom', name: 'run', format: { type: 'text' }, novel: 1 }],
    ['of the provider', FLAT, { type: 'web_search', size: 3 }],
  ])('that is %s reads back as it was written, with what is not known of it', (_what, tools, raw) => {
    const tool = tools.read(raw, 'tools[0]')
    expect(write(tools, { tools: [tool] }).body).toEqual({ tools: [raw] })
  })

  test('is refused where it has no name, by the place of that', () => {
    expect(() => NESTED.read({ type: 'function', function: {} }, 'tools[2]')).toThrow(
      'tools[2].function.name',
    )
    expect(() => FLAT.read({ type: 'function' }, 'tools[2]')).toThrow('tools[2].name')
  })

  test('without a word of strictness or arguments says both only where that has to be said', () => {
    const tool: Tool = { type: 'function', name: 'look' }
    expect(write(NESTED, { tools: [tool] }).body).toEqual({
      tools: [{ type: 'function', function: { name: 'look' } }],
    })
    expect(write(FLAT, { tools: [tool] }).body).toEqual({
      tools: [
        { type: 'function', name: 'look', parameters: { type: 'object', properties: {} }, strict: false },
      ],
    })
  })

  test('that is strict is closed, or loses that with a notice', () => {
    const strict = (schema: JsonObject): Tool => ({
      type: 'function',
      name: 'look',
      strict: true,
      parameters: schema,
    })
    const closable = { type: 'object', properties: { city: { type: ['string', 'null'] } } }
    expect(write(FLAT, { tools: [strict(closable)] }).body).toMatchObject({
      tools: [{ strict: true, parameters: { additionalProperties: false, required: ['city'] } }],
    })
    const open = write(FLAT, { tools: [strict(parameters)] })
    expect(open.body).toMatchObject({ tools: [{ strict: false, parameters }] })
    expect(open.notices).toEqual(['schema.unenforced'])
    const refused = write(FLAT, { tools: [strict(closable)] }, { strictTools: false })
    expect(refused.body).toEqual({ tools: [{ type: 'function', name: 'look', parameters: closable }] })
    expect(refused.notices).toEqual(['param.dropped'])
  })

  test('with a mark for the cache loses it with a notice, unless the family itself wrote it', () => {
    const tool: Tool = { type: 'function', name: 'look', cache: {} }
    expect(write(FLAT, { tools: [tool] }).notices).toEqual(['cache.hint-dropped'])
    const own: Tool = { ...tool, extra: { ours: { mark: { type: 'x' } } } }
    const { body, notices } = write(FLAT, { tools: [own] })
    expect(body).toMatchObject({ tools: [{ mark: { type: 'x' } }] })
    expect(notices).toEqual([])
  })
})

test('a tool of the dialect that the provider does not run is left out where it is offered by habit, else refused', () => {
  const search: Tool = { type: 'hosted', family: 'ours', name: 'web_search', raw: { type: 'web_search' } }
  const tools: readonly Tool[] = [
    { ...search, optional: true },
    { type: 'text', name: 'run' },
  ]
  expect(write(FLAT, { tools: [search] }, { hostedTools: ['web_search'] }).body).toEqual({
    tools: [search.raw],
  })
  const { body, notices } = write(FLAT, { tools }, { hostedTools: [] })
  expect(body).toEqual({ tools: [{ type: 'custom', name: 'run' }] })
  expect(notices).toEqual(['tool.dropped'])
  expect(() => write(FLAT, { tools: [search] }, { hostedTools: [] })).toThrow('web_search')
})

describe('a choice among tools', () => {
  const tools: readonly Tool[] = [
    { type: 'function', name: 'look' },
    { type: 'text', name: 'run' },
    { type: 'hosted', family: 'ours', name: 'web_search', raw: { type: 'web_search' } },
  ]

  test.each([
    ['nested', NESTED, 'required'],
    ['nested', NESTED, { type: 'function', function: { name: 'look' } }],
    ['nested', NESTED, { type: 'custom', custom: { name: 'run' } }],
    [
      'nested',
      NESTED,
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'look' } }] },
      },
    ],
    ['flat', FLAT, 'none'],
    ['flat', FLAT, { type: 'custom', name: 'run' }],
    ['flat', FLAT, { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'look' }] }],
  ])('%s: reads back as it was written', (_how, wire, choice) => {
    const toolChoice = wire.readChoice(choice, 'tool_choice')
    expect(write(wire, { tools, toolChoice }).body['tool_choice']).toEqual(choice)
  })

  test('may be a word in an object, and names a tool of the provider by its type', () => {
    expect(NESTED.readChoice({ type: 'any' }, 'tool_choice')).toEqual({ type: 'required' })
    const toolChoice = { type: 'tool', name: 'web_search' } as const
    expect(write(FLAT, { tools, toolChoice }).body['tool_choice']).toEqual({ type: 'web_search' })
  })

  test('is refused where it is neither word nor name', () => {
    expect(() => FLAT.readChoice('perhaps', 'tool_choice')).toThrow(
      'tool_choice must be none, auto, required',
    )
    expect(() => FLAT.readChoice(7, 'tool_choice')).toThrow('name a tool')
    expect(() => FLAT.readChoice({ type: 'function' }, 'tool_choice')).toThrow('is required')
  })

  test('has another word, or fewer tools, where a provider knows no other way', () => {
    const toolChoice = { type: 'required' } as const
    expect(write(FLAT, { tools, toolChoice }, { toolChoiceRequired: 'any' }).body['tool_choice']).toBe('any')
    const narrowed = write(
      FLAT,
      { tools, toolChoice: { type: 'tool', name: 'run' } },
      { toolChoice: 'words' },
    )
    expect(narrowed.body).toEqual({ tools: [{ type: 'custom', name: 'run' }], tool_choice: 'required' })
    expect(narrowed.told.map(({ name }) => name)).toEqual(['run'])
  })

  test('is not told where there is no tool', () => {
    const { body, notices } = write(FLAT, { toolChoice: { type: 'required' }, parallelToolCalls: false })
    expect(body).toEqual({})
    expect(notices).toEqual(['param.dropped'])
  })
})
