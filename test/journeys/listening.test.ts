import { Validator } from '@cfworker/json-schema'
import { expect, test } from 'bun:test'
import { parseJsonObject, readObject, readString, type JsonObject } from '../../src/kit/json.ts'
import { LIMITS } from '../../src/kit/limits.ts'
import type { RunningGateway } from '../running-gateway.ts'
import { ask } from './asking.ts'
import { openHouse, type House } from './open-house.ts'

/*
 * Who listens to what happens: requests that are over, health, configuration.
 */

interface Told {
  readonly name: string
  readonly id: string | undefined
  readonly data: JsonObject
}

/** Listens until it is told to leave, or until the gateway ends it. */
async function listen({ askAdmin }: RunningGateway, query = '', headers: Record<string, string> = {}) {
  const leaving = new AbortController()
  const response = await askAdmin(`/api/v1/events${query}`, { headers, signal: leaving.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<Told | undefined> => {
    for (;;) {
      const end = text.indexOf('\n\n')
      if (end >= 0) {
        const frame = new Map(
          text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.split(': ')[0] ?? '', line.slice(line.indexOf(': ') + 2)]),
        )
        text = text.slice(end + 2)
        const name = frame.get('event')
        if (name !== undefined)
          return { name, id: frame.get('id'), data: parseJsonObject(frame.get('data') ?? '') ?? {} }
        continue
      }
      const { value } = (await reader?.read()) ?? {}
      if (value === undefined) return undefined
      text += value
    }
  }
  return { response, next, leave: () => leaving.abort() }
}

const say = (house: House, model = 'first/echo') =>
  ask(house.url, { dialect: 'openai-chat', mode: 'unary', model, key: house.key() })

async function dataSchemas({ askAdmin }: RunningGateway): Promise<JsonObject> {
  const document = await (await askAdmin('/openapi.json')).json()
  const path = [
    'paths',
    '/api/v1/events',
    'get',
    'responses',
    '200',
    'content',
    'text/event-stream',
    'x-events',
  ]
  return path.reduce<JsonObject>((inner, name) => readObject(inner, name) ?? {}, document)
}

test('health and configuration come first, then requests as they end, each as the document says', async () => {
  const house = await openHouse()
  const schemas = await dataSchemas(house.gateway)
  const stream = await listen(house.gateway)
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
  const first = [await stream.next(), await stream.next(), await stream.next()]
  await say(house)
  await say(house, 'first/nothing-like-it')
  const told = [...first, await stream.next(), await stream.next()]
  expect(told.map((one) => one?.name)).toEqual(['health', 'config', 'alerts', 'request', 'request'])
  for (const one of told) {
    const { valid, errors } = new Validator(readObject(schemas, one?.name ?? '') ?? false).validate(one?.data)
    expect([valid, errors]).toEqual([true, []])
  }
  expect(told[3]?.id).toBe(readString(told[3]?.data ?? {}, 'id') ?? '?')
  await house.close()
  expect(await stream.next()).toBeUndefined()
})

test('only what is asked for is told, and a query that is none is a problem', async () => {
  const house = await openHouse()
  const stream = await listen(house.gateway, '?q=-status:ok')
  await stream.next()
  await stream.next()
  await stream.next()
  await say(house)
  await say(house, 'first/nothing-like-it')
  expect((await stream.next())?.data['requested_model']).toBe('first/nothing-like-it')
  const wrong = await house.gateway.askAdmin('/api/v1/events?q=stauts:ok')
  expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('status')])
  const head = await house.gateway.askAdmin('/api/v1/events', { method: 'HEAD' })
  expect(head.status).toBe(405)
  stream.leave()
  await house.close()
})

test('who comes again goes on behind the last that was told, and is told where that is not known', async () => {
  const house = await openHouse()
  const stream = await listen(house.gateway)
  await stream.next()
  await stream.next()
  await stream.next()
  await say(house)
  const last = await stream.next()
  stream.leave()
  await say(house, 'first/one')
  await say(house, 'first/two')
  const again = await listen(house.gateway, '', { 'last-event-id': last?.id ?? '' })
  const told = [
    await again.next(),
    await again.next(),
    await again.next(),
    await again.next(),
    await again.next(),
  ]
  expect(told.slice(3).map((one) => one?.data['requested_model'])).toEqual(['first/one', 'first/two'])
  again.leave()
  const lost = await listen(house.gateway, '', { 'last-event-id': 'req_gone' })
  expect(
    [await lost.next(), await lost.next(), await lost.next(), await lost.next()].map((one) => one?.name),
  ).toEqual(['health', 'config', 'alerts', 'gap'])
  lost.leave()
  await house.close()
})

test('only so many listen, and who leaves makes room', async () => {
  const house = await openHouse()
  const streams = []
  for (let count = 0; count < LIMITS.eventListeners; count += 1) streams.push(await listen(house.gateway))
  const refused = await listen(house.gateway)
  expect(refused.response.status).toBe(503)
  expect(refused.response.headers.get('retry-after')).toBe('10')
  for (const stream of streams) stream.leave()
  let status = 503
  while (status === 503) {
    const stream = await listen(house.gateway)
    status = stream.response.status
    stream.leave()
  }
  expect(status).toBe(200)
  await house.close()
})
