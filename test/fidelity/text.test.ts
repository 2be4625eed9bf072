import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { readObjects, readString, type JsonObject } from '../../src/kit/json.ts'
import { CELLS, openHouse, TARGETS, type House, type TargetName } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** Text that breaks under careless cutting, escaping or re-encoding. */
const AWKWARD = 'Grüße, "東京" \\ 🚀👋🏽\n\ttab \u2028 </script> \u0000 end'
const TEXTS: readonly (readonly [string, string])[] = [
  ['a sentence', 'Why is the sky blue?'],
  ['awkward characters', AWKWARD],
  ['text that looks like the wire', 'data: [DONE]\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n'],
  ['a long text', 'The quick brown fox jumps over the lazy dog. '.repeat(200).trim()],
]

/** Where a piece of text stands. */
const PIECES = {
  'openai-chat': 'content',
  'anthropic-messages': 'text',
  'openai-responses': 'delta',
} as const

/** What the provider was told, whichever dialect it speaks: the system prompt and the turns. */
function told(target: TargetName, body: JsonObject): { readonly system: string; readonly turns: unknown } {
  const messages = readObjects(body, 'messages')
  const plain = messages.map((message) => ({
    role: readString(message, 'role'),
    text: textOf(message, 'content'),
  }))
  if (TARGETS[target] === 'anthropic-messages') return { system: textOf(body, 'system'), turns: plain }
  const isSystem = ({ role }: { role: string | undefined }): boolean =>
    role === 'system' || role === 'developer'
  return {
    system: plain
      .filter(isSystem)
      .map(({ text }) => text)
      .join(''),
    turns: plain.filter((turn) => !isSystem(turn)),
  }
}

function textOf(object: JsonObject, field: string): string {
  const parts = readObjects(object, field).map((part) => readString(part, 'text') ?? '')
  return readString(object, field) ?? parts.join('')
}

describe.each(CELLS.filter(({ mode }) => mode === 'stream'))(
  'pieces of a stream: $name',
  ({ client, target, mode }) => {
    test('arrive as the provider sent them, token by token', async () => {
      const talk = client.open(house, { model: `${target}/echo`, mode })
      const wire = await (await talk.say('Why is the sky blue?')).wire.text
      const field = PIECES[client.dialect]
      const pieces = [...wire.matchAll(new RegExp(`"${field}":"([^"]+)"`, 'g'))].map(([, piece]) => piece)
      expect(pieces).toEqual(['Why', ' is', ' the', ' sky', ' blue?'])
    })
  },
)

describe.each([...CELLS])('text: $name', ({ client, target, mode }) => {
  test.each([...TEXTS])('%s arrives to the letter, there and back', async (_what, text) => {
    const talk = client.open(house, { model: `${target}/echo`, mode })
    const reply = await talk.say(text)
    expect(reply.text).toBe(text)
    expect(reply.finish).toBe(client.finishes.stop)
    expect(reply.calls).toEqual([])
  })

  test('a system prompt and the turns before arrive in their places', async () => {
    const talk = client.open(house, {
      model: `${target}/echo`,
      mode,
      system: 'Answer like a lighthouse keeper.',
    })
    await talk.say('First question.')
    const reply = await talk.say('Second question.')
    expect(reply.text).toBe('Second question.')
    expect(told(target, house.lastBody())).toEqual({
      system: 'Answer like a lighthouse keeper.',
      turns: [
        { role: 'user', text: 'First question.' },
        { role: 'assistant', text: 'First question.' },
        { role: 'user', text: 'Second question.' },
      ],
    })
  })

  test('an answer without content is an answer', async () => {
    const reply = await client.open(house, { model: `${target}/empty`, mode }).say('Say nothing.')
    expect(reply).toMatchObject({ text: '', calls: [], finish: client.finishes.stop })
  })

  test('characters cut in two by the network are whole again', async () => {
    const model = `${target}/fault?kind=split-utf8&as=echo`
    expect((await client.open(house, { model, mode }).say(AWKWARD)).text).toBe(AWKWARD)
  })
})

describe.each(CELLS.filter(({ client }) => client.name === 'openai' || client.name === 'anthropic'))(
  'single bytes: $name',
  ({ client, target, mode }) => {
    test('add up to the same text', async () => {
      const model = `${target}/fault?kind=one-byte-chunks&as=echo`
      expect((await client.open(house, { model, mode }).say('Zürich 🚀')).text).toBe('Zürich 🚀')
    })
  },
)
