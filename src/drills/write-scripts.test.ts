import { describe, expect, test } from 'bun:test'
import type { ChatRequest } from '../exchange/chat.ts'
import { createManualClock, type ManualClock } from '../kit/manual-clock.fixture.ts'
import { simulatedModels } from './models/all.ts'
import { createRequestCounts, type RequestCounts } from './request-counts.ts'
import type { Script } from './simulated-model.ts'
import { VendorError } from './vendor-error.ts'
import { simulatedOpenai } from './vendors/simulated-openai.ts'
import { chooseModel, writeScripts } from './write-scripts.ts'

const models = new Map(simulatedModels.map((model) => [model.name, model]))

/** A provider's memory, and requests to it. */
function openHouse(seed = 1): {
  readonly clock: ManualClock
  readonly ask: (model: string, more?: Partial<ChatRequest>) => readonly Script[]
} {
  const clock = createManualClock()
  const counts: RequestCounts = createRequestCounts(clock)
  const vendor = simulatedOpenai
  return {
    clock,
    ask(model, more = {}) {
      const chat: ChatRequest = {
        operation: 'chat',
        model,
        turns: [{ role: 'user', blocks: [{ type: 'text', text: 'Compare rivers and canals.' }] }],
        stream: false,
        wantsUsage: false,
        ...more,
      }
      const chosen = chooseModel(model, models, vendor)
      return writeScripts({ chat, chosen, models, vendor, seed, count: counts.count(model) })
    },
  }
}

/** The status that a request is answered with. */
function statusOf(ask: () => unknown): number {
  try {
    ask()
    return 200
  } catch (thrown) {
    if (thrown instanceof VendorError) return thrown.status
    throw thrown
  }
}

describe('the scripts of the simulated models', () => {
  test('are the same for the same seed and content, however they are delivered', () => {
    const { ask } = openHouse()
    expect(ask('smart', { stream: true, wantsUsage: true })).toEqual(ask('smart'))
    expect(openHouse().ask('smart')).toEqual(ask('smart'))
  })

  test('differ by seed, by content and by choice', () => {
    const { ask } = openHouse()
    expect(openHouse(2).ask('long')).not.toEqual(ask('long'))
    expect(ask('long', { temperature: 1 })).not.toEqual(ask('long'))
    const [first, second] = ask('long', { choices: 2 })
    expect(first).not.toEqual(second)
  })

  test('speak about the prompt', () => {
    const [script] = openHouse().ask('smart')
    expect(script?.blocks).toMatchObject([
      { type: 'text', text: expect.stringContaining('Compare rivers canals') },
    ])
  })

  test('fail at about the rate that was asked for, in an order that repeats', () => {
    const run = (): readonly number[] => {
      const { ask } = openHouse()
      return Array.from({ length: 400 }, () => statusOf(() => ask('flaky?rate=0.3&error=529')))
    }
    const statuses = run()
    expect(statuses.filter((status) => status === 529).length).toBeWithin(90, 151)
    expect(run()).toEqual(statuses)
  })

  test('are limited by the minute that the first request opened', () => {
    const { ask, clock } = openHouse()
    const statuses = (): readonly number[] => [1, 2, 3].map(() => statusOf(() => ask('limited?rpm=2')))
    expect(statuses()).toEqual([200, 200, 429])
    clock.advance(59_000)
    expect(() => ask('limited?rpm=2')).toThrow('try again in 1s')
    clock.advance(1_000)
    expect(statuses()).toEqual([200, 200, 429])
  })

  test('count the requests of each name apart', () => {
    const { ask } = openHouse()
    expect(statusOf(() => ask('fault?kind=status-500&times=1&id=a'))).toBe(500)
    expect(statusOf(() => ask('fault?kind=status-500&times=1&id=b'))).toBe(500)
    expect(statusOf(() => ask('fault?kind=status-500&times=1&id=a'))).toBe(200)
  })

  test('name the model that was probably meant', () => {
    const { ask } = openHouse()
    expect(() => ask('smrt')).toThrow(/`smrt` does not exist.*smart/)
    expect(() => ask('fault?kind=no-dne')).toThrow("Did you mean 'no-done'")
    expect(() => ask('fault?kind=no-done&as=fault')).toThrow('cannot stand behind a fault')
    expect(() => ask('fault?kind=no-done&after=soon')).toThrow("a whole number or 'end'")
  })

  test('think unless they are told not to', () => {
    const { ask } = openHouse()
    expect(ask('reason')[0]?.blocks.map(({ type }) => type)).toEqual(['reasoning', 'text'])
    expect(ask('reason', { reasoning: { mode: 'off' } })[0]?.blocks.map(({ type }) => type)).toEqual(['text'])
  })

  test('answer a free-text tool in free text', () => {
    const [script] = openHouse().ask('tools', { tools: [{ type: 'text', name: 'patch' }] })
    expect(script?.blocks).toMatchObject([
      { type: 'tool-call', form: 'text', arguments: 'Compare rivers and canals.' },
    ])
  })
})
