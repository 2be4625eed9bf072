import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from '../exchange/chat.ts'
import { fitScript, scriptTokens } from './fit-script.ts'
import type { Script } from './simulated-model.ts'

const chat: ChatRequest = { operation: 'chat', model: 'm', turns: [], stream: false, wantsUsage: false }
const script: Script = { blocks: [{ type: 'text', text: 'one two three four' }], finish: { reason: 'stop' } }

describe('a script within the limits of its request', () => {
  test('is left alone when there are none', () => {
    expect(fitScript(script, chat)).toEqual(script)
  })

  test('ends before the earliest stop sequence', () => {
    const fitted = fitScript(script, { ...chat, stop: ['four', 'two', ''] })
    expect(fitted.blocks).toEqual([{ type: 'text', text: 'one ' }])
    expect(fitted.finish).toEqual({ reason: 'stop-sequence', stopSequence: 'two' })
  })

  test('ends at the maximum of tokens, reasoning included', () => {
    const thinking: Script = {
      ...script,
      blocks: [{ type: 'reasoning', text: 'a b', form: 'full' }, ...script.blocks],
    }
    const fitted = fitScript(thinking, { ...chat, maxOutputTokens: 3 })
    expect(scriptTokens(fitted.blocks)).toEqual({ reasoning: 2, output: 1 })
    expect(fitted.finish.reason).toBe('length')
  })

  test('leaves out a call that does not fit instead of cutting it', () => {
    const call: Script = {
      blocks: [{ type: 'tool-call', id: 'c', name: 'f', arguments: '{"a": "b"}', form: 'json' }],
      finish: { reason: 'tool-calls' },
    }
    expect(fitScript(call, { ...chat, maxOutputTokens: 1 })).toMatchObject({
      blocks: [],
      finish: { reason: 'length' },
    })
  })

  test('is kept to the letter when it promised to be exact', () => {
    const exact: Script = { ...script, exact: true }
    expect(fitScript(exact, { ...chat, maxOutputTokens: 1, stop: ['one'] })).toBe(exact)
  })
})
