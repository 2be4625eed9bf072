import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readObject, readObjects, type JsonObject } from '../../src/kit/json.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'

describe('the simulated provider of a first run', () => {
  let gateway: RunningGateway
  beforeAll(async () => {
    gateway = await openRunningGateway()
  })
  afterAll(() => gateway.close())

  const ask = (model: string, more: JsonObject = {}): Promise<Response> =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...more }),
    })

  test('goes on after refusals were rehearsed with it', async () => {
    for (const drill of [
      'sim/fault?kind=status-401',
      'sim/fault?kind=status-401&times=9',
      'sim/fault?kind=status-403',
    ])
      expect((await ask(drill)).ok).toBe(false)
    expect((await ask('sim/smart')).status).toBe(200)
  })

  test('has no models but its own, and says which one was meant', async () => {
    const response = await ask('sim/smrt')
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('sim/smart')
  })

  const tools = ['look', 'count'].map((name) => ({
    type: 'function',
    function: { name, parameters: { type: 'object' } },
  }))

  test.each(['sim/smart', 'sim/json', 'sim/tools'])('%s calls a tool where it must', async (model) => {
    for (const [choice, name] of [
      ['required', 'look'],
      [{ type: 'function', function: { name: 'count' } }, 'count'],
    ] as const) {
      const answer = (await (await ask(model, { tools, tool_choice: choice })).json()) as JsonObject
      const [said] = readObjects(answer, 'choices')
      expect(said?.['finish_reason']).toBe('tool_calls')
      const calls = readObjects(readObject(said ?? {}, 'message') ?? {}, 'tool_calls')
      expect(calls[0]).toMatchObject({ function: { name } })
    }
  })
})
