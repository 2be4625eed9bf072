import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { createAnthropic } from './anthropic-client.ts'
import { CLIENTS, openHouse, TARGET_NAMES, type House } from './house.ts'
import { createOpenai } from './openai-client.ts'
import { errorOf } from './shown-error.ts'
import { createWireRecord } from './wire-record.ts'

const CONFIG = `
providers:
  sim: {}
  responses: { type: sim, dialects: [openai-responses] }
  chat: { type: sim, dialects: [openai-chat] }
  messages: { type: sim, dialects: [anthropic-messages] }
models:
  fast: chat/echo
  messages/echo: { context: 100k, max_output: 8k }
routes:
  talk: [messages/echo, chat/echo]
`

let gateway: RunningGateway
let house: House
beforeAll(async () => {
  gateway = await openRunningGateway({ config: CONFIG })
  house = await openHouse()
})
afterAll(async () => {
  await gateway.close()
  await house.close()
})

describe('GET /v1/models', () => {
  test('openai: lists routes, aliases and models that are known, and retrieves one', async () => {
    const sdk = createOpenai(gateway)
    const listed = []
    for await (const model of sdk.models.list()) listed.push(model)
    const ids = listed.map(({ id }) => id)
    expect(ids).toContain('talk')
    expect(ids).toContain('fast')
    expect(ids).toContain('sim/smart')
    expect(new Set(ids).size).toBe(ids.length)
    for (const model of listed)
      expect(model).toMatchObject({
        object: 'model',
        created: expect.any(Number),
        owned_by: expect.any(String),
      })
    expect((await sdk.models.retrieve('talk')).id).toBe('talk')
    expect((await sdk.models.retrieve('sim/smart')).id).toBe('sim/smart')
  })

  test('anthropic: lists the same and retrieves one', async () => {
    const sdk = createAnthropic(gateway)
    const ids = []
    for await (const model of sdk.models.list()) {
      ids.push(model.id)
      expect(model.type).toBe('model')
      expect(Date.parse(model.created_at)).toBeGreaterThan(0)
      expect(model.display_name).not.toBe('')
    }
    const page = await createOpenai(gateway).models.list()
    expect(ids).toEqual(page.data.map(({ id }) => id))
    expect((await sdk.models.retrieve('sim/smart')).id).toBe('sim/smart')
  })

  test('a model that is not there is not found, in the words of each', async () => {
    const missing = { status: 404, kind: 'NotFoundError' }
    expect(await errorOf(createOpenai(gateway).models.retrieve('nothing'))).toMatchObject(missing)
    expect(await errorOf(createAnthropic(gateway).models.retrieve('nothing'))).toMatchObject(missing)
  })

  test.each([...CLIENTS])('$name: every kind of listed name answers', async (client) => {
    for (const model of ['talk', 'fast', 'sim/echo', 'chat/echo', 'messages/echo']) {
      const reply = await client.open(gateway, { model, mode: 'stream' }).say(`I am asking ${model}.`)
      expect(reply.text).toBe(`I am asking ${model}.`)
    }
  })

  test('wants a key', async () => {
    const response = await fetch(`${gateway.url}/v1/models`)
    expect(response.status).toBe(401)
  })
})

describe('count_tokens', () => {
  const messages = [
    { role: 'user' as const, content: 'How many tokens is this sentence, if anybody counts?' },
  ]

  test.each([...TARGET_NAMES])('is answered for %s as a stream of it would report', async (target) => {
    const wire = createWireRecord()
    const sdk = createAnthropic(house, wire)
    const model = `${target}/echo`
    const { input_tokens: counted } = await sdk.messages.countTokens({ model, messages, system: 'Count.' })
    const { notices } = wire.last()
    const told = await sdk.messages.create({ model, messages, system: 'Count.', max_tokens: 50 })
    expect(counted).toBe(told.usage.input_tokens)
    expect(notices).toEqual(target === 'chat' ? ['usage.estimated'] : [])
  })

  test.each([...TARGET_NAMES])(
    'is answered in the words of Responses for %s as an answer would report',
    async (target) => {
      const wire = createWireRecord()
      const sdk = createOpenai(house, wire)
      const asked = { model: `${target}/echo`, instructions: 'Count.', input: 'How many tokens are these?' }
      const counted = await sdk.responses.inputTokens.count(asked)
      const { notices } = wire.last()
      const told = await sdk.responses.create({ ...asked, store: false })
      expect(counted).toEqual({
        object: 'response.input_tokens',
        input_tokens: told.usage?.input_tokens ?? -1,
      })
      expect(notices.includes('usage.estimated')).toBe(target === 'chat')
    },
  )

  test('costs nothing', async () => {
    const wire = createWireRecord()
    await createAnthropic(house, wire).messages.countTokens({ model: 'messages/echo', messages })
    const { request } = await house.row(wire.last().requestId)
    expect(request).toMatchObject({ operation: 'count-tokens', outcome: 'ok', cost: { nano_usd: '0' } })
  })
})
