import { describe, expect, test } from 'bun:test'
import type { Turn } from '../../exchange/chat.ts'
import type { Block } from '../../exchange/content.ts'
import type { JsonObject } from '../../kit/json.ts'
import { createSeededRandom } from '../../kit/random.ts'
import type { ScriptRequest } from '../simulated-model.ts'
import { agent } from './agent.ts'

const words = (text: string): Turn => ({ role: 'user', blocks: [{ type: 'text', text }] })
const called: Turn = {
  role: 'assistant',
  blocks: [{ type: 'tool-call', id: 'call_1', name: 'shell', arguments: '{}', form: 'json' }],
}
const answered = (text: string): Turn => ({
  role: 'user',
  blocks: [{ type: 'tool-result', callId: 'call_1', blocks: [{ type: 'text', text }], isError: false }],
})

const SHELLS: Readonly<Record<string, JsonObject>> = {
  shell: {
    properties: { command: { type: 'array', items: { type: 'string' } }, timeout: { type: 'number' } },
  },
  bash: {
    properties: { command: { type: 'string' }, why: { type: 'string' } },
    required: ['command', 'why'],
  },
  exec: { properties: { cmd: { type: 'string' } }, required: ['cmd'] },
}

function ask(turns: readonly Turn[], tools: Readonly<Record<string, JsonObject>> = SHELLS): readonly Block[] {
  const asked: Pick<ScriptRequest, 'chat' | 'random' | 'callId'> = {
    chat: {
      operation: 'chat',
      model: 'agent',
      stream: false,
      wantsUsage: false,
      turns,
      tools: Object.entries(tools).map(([name, parameters]) => ({ type: 'function', name, parameters })),
    },
    random: createSeededRandom(1),
    callId: () => 'call_1',
  }
  return agent.answer(asked as ScriptRequest).blocks
}

const TASK = words('Run `echo one > a` and then `cat a`.')

describe('a simulated agent', () => {
  test.each([
    ['shell', { command: ['bash', '-lc', 'echo one > a'] }],
    ['bash', { command: 'echo one > a', why: expect.any(String) }],
    ['exec', { cmd: 'echo one > a' }],
  ])('runs the first command of its task with %s', (name, expected) => {
    const [call] = ask([TASK], { look: { properties: { path: {} } }, [name]: SHELLS[name] ?? {} })
    expect(call).toMatchObject({ type: 'tool-call', name })
    expect(JSON.parse(call?.type === 'tool-call' ? call.arguments : '')).toEqual(expected)
  })

  test('goes on with the next one, and tells what came of the last', () => {
    const [second] = ask([TASK, called, answered('')])
    expect(second).toMatchObject({ arguments: expect.stringContaining('cat a') })
    expect(ask([TASK, called, answered(''), called, answered('one\n')])).toEqual([
      { type: 'text', text: 'Done. one' },
    ])
  })

  test('takes another task', () => {
    const [call] = ask([TASK, called, answered(''), words('Now run `ls`.')])
    expect(call).toMatchObject({ arguments: expect.stringContaining('ls') })
  })

  test('says so where no tool runs commands, and where there is nothing to run', () => {
    expect(ask([TASK], {})).toEqual([{ type: 'text', text: 'There is no tool here that runs commands.' }])
    expect(ask([words('Hello.')])).toEqual([{ type: 'text', text: 'Done.' }])
  })
})
