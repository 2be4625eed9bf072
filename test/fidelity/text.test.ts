import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { isObject, readObjects, readString, type Json, type JsonObject } from '../../src/kit/json.ts'
import { CELLS, FEW_CELLS, openHouse, type House, type TargetName } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** Text that breaks under careless cutting, escaping or re-encoding. */
const AWKWARD = 'Grüße, "東京" \\ 🚀👋🏽\n\ttab \u2028 </script> \u0000 end'
const LONG = 'The quick brown fox jumps over the lazy dog. '.repeat(40).trim()
const WIRE = 'data: [DONE]\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n'
const TEXT = [AWKWARD, WIRE, LONG].join('\n')

/** Where a piece of text stands in a stream. */
const PIECES = {
  'openai-chat': 'content',
  'anthropic-messages': 'text',
  'openai-responses': 'delta',
  gemini: 'text',
} as const

/** Where the system prompt and the turns stand in a request. */
const PLACES: Readonly<Record<TargetName, { readonly system?: string; readonly turns: string }>> = {
  chat: { turns: 'messages' },
  messages: { system: 'system', turns: 'messages' },
  responses: { system: 'instructions', turns: 'input' },
  google: { system: 'systemInstruction', turns: 'contents' },
}

/** What the provider was told, whichever dialect it speaks: the turns, the system prompt first. */
function told(
  target: TargetName,
  body: JsonObject,
): readonly { readonly role: string; readonly text: string }[] {
  const { system, turns } = PLACES[target]
  const prompt = system === undefined ? [] : [{ role: 'system', text: textOf(body[system]) }]
  const spoken = readObjects(body, turns).map((turn) => ({ role: roleOf(turn), text: textOf(turn) }))
  return [...prompt, ...spoken]
}

function roleOf(turn: JsonObject): string {
  const role = readString(turn, 'role') ?? ''
  return { developer: 'system', model: 'assistant' }[role] ?? role
}

function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return (value as readonly Json[]).map(textOf).join('')
  return isObject(value) ? textOf(value['text'] ?? value['content'] ?? value['parts']) : ''
}

describe.each([...CELLS])('text: $name', ({ client, target, mode }) => {
  test('arrives to the letter, there and back, token by token, with system prompt and turns in their places', async () => {
    const system = 'Answer like a lighthouse keeper.'
    const talk = client.open(house, { model: `${target}/echo`, mode, system })
    const first = await talk.say('Why is the sky blue?')
    expect(first).toMatchObject({ text: 'Why is the sky blue?', finish: client.finishes.stop, calls: [] })
    const wire = await first.wire.text
    const pieces = [...wire.matchAll(new RegExp(`"${PIECES[client.dialect]}":"([^"]+)"`, 'g'))]
    if (mode === 'stream')
      expect(pieces.map(([, piece]) => piece)).toEqual(['Why', ' is', ' the', ' sky', ' blue?'])
    const reply = await talk.say(TEXT)
    expect(reply.text).toBe(TEXT)
    expect(told(target, house.lastBody())).toEqual([
      { role: 'system', text: system },
      { role: 'user', text: 'Why is the sky blue?' },
      { role: 'assistant', text: 'Why is the sky blue?' },
      { role: 'user', text: TEXT },
    ])
  })
})

test.each([...FEW_CELLS])(
  'characters cut in two by the network are whole again: $name',
  async ({ client, target, mode }) => {
    const model = `${target}/fault?kind=split-utf8&as=echo`
    expect((await client.open(house, { model, mode }).say(AWKWARD)).text).toBe(AWKWARD)
  },
)

describe.each(CELLS.filter(({ client }) => client.name === 'openai' || client.name === 'anthropic'))(
  'single bytes: $name',
  ({ client, target, mode }) => {
    test('add up to the same text', async () => {
      const model = `${target}/fault?kind=one-byte-chunks&as=echo`
      expect((await client.open(house, { model, mode }).say('Zürich 🚀')).text).toBe('Zürich 🚀')
    })
  },
)
