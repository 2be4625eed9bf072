import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Json } from '../../src/kit/json.ts'
import { CELLS, openHouse, type House } from './house.ts'
import type { OfferedTool, ToolResult } from './talk.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** The arguments that a schema of single values leaves no choice about. */
const WEATHER_ARGUMENTS = {
  city: 'Zürich "HB" \\ 🚉',
  days: 3,
  precise: true,
  ratio: 0.1,
  place: { tags: ['a', ''], nothing: null },
}

function schemaFor(value: Json): { [key: string]: Json } {
  if (typeof value !== 'object' || value === null) return { enum: [value] }
  if (Array.isArray(value)) return { const: [...(value as readonly Json[])] }
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries(value).map(([key, member]) => [key, schemaFor(member ?? null)]),
    ),
    required: Object.keys(value),
    additionalProperties: false,
  }
}

function toolFor(name: string, value: { readonly [key: string]: Json }): OfferedTool {
  return { name, description: `Gives the ${name}.`, parameters: { type: 'object', ...schemaFor(value) } }
}

const weather = toolFor('get_weather', WEATHER_ARGUMENTS)
const time = toolFor('get-time', { zone: 'Europe/Zurich' })
const nothing = toolFor('list_things', {})

function resultFor({ id, name }: { readonly id: string; readonly name: string }): ToolResult {
  return { id, name, text: `${name} says "fine" 🌤` }
}

describe.each([...CELLS])('tools: $name', ({ client, target, mode }) => {
  const open = (tools: readonly OfferedTool[], parallel?: boolean) =>
    client.open(house, {
      model: `${target}/tools`,
      mode,
      tools,
      ...(parallel === undefined ? {} : { parallel }),
    })

  test('one tool is called with its arguments, and its result is answered', async () => {
    const talk = open([weather])
    const called = await talk.say('What is the weather?')
    expect(called.finish).toBe(client.finishes['tool-calls'])
    expect(called.text).toBe('')
    expect(called.calls).toEqual([
      { id: expect.any(String), name: 'get_weather', arguments: WEATHER_ARGUMENTS },
    ])
    const answer = await talk.report(called.calls.map(resultFor))
    expect(answer.text).toBe('The tools answered. get_weather: get_weather says "fine" 🌤')
    expect(answer.finish).toBe(client.finishes.stop)
  })

  test('several tools are called at once, and each result finds its call', async () => {
    const talk = open([weather, time, nothing])
    const called = await talk.say('Everything, please.')
    expect(called.calls.map(({ name, arguments: given }) => [name, given])).toEqual([
      ['get_weather', WEATHER_ARGUMENTS],
      ['get-time', { zone: 'Europe/Zurich' }],
      ['list_things', {}],
    ])
    expect(new Set(called.calls.map(({ id }) => id)).size).toBe(3)
    const answer = await talk.report(called.calls.map(resultFor))
    expect(answer.text).toBe(
      'The tools answered. get_weather: get_weather says "fine" 🌤 get-time: get-time says "fine" 🌤 list_things: list_things says "fine" 🌤',
    )
    const after = await talk.say('Thank you.')
    expect(after.calls).toHaveLength(3)
  })

  test('one tool only when parallel calls are off', async () => {
    const called = await open([weather, time], false).say('One at a time.')
    expect(called.calls.map(({ name }) => name)).toEqual(['get_weather'])
  })
})
