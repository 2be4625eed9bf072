import { afterAll, beforeAll, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { openHouse, type House } from './open-house.ts'
import { refusal } from './refusal.ts'

const IMAGE = 'data:image/png;base64,iVBORw0KGgo='

let house: House

beforeAll(async () => {
  house = await openHouse({
    config: {
      models: {
        'first/echo': {
          operations: ['chat', 'count-tokens'],
          vision: false,
          documents: false,
          audio: false,
          speech: false,
          retires: '2026-01-31',
        },
        'first/embed': { vision: false },
      },
      routes: { words: ['first/embed'], seeing: ['first/echo', 'second/echo'], blind: ['first/echo'] },
    },
  })
})
afterAll(() => house.close())

const client = (): OpenAI => new OpenAI({ baseURL: `${house.url}/v1`, apiKey: house.key(), maxRetries: 0 })

const content = {
  image: { type: 'image_url', image_url: { url: IMAGE } },
  document: { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } },
  audio: { type: 'input_audio', input_audio: { data: 'UklGRg==', format: 'wav' } },
} as const

const ask = (model: string, part: keyof typeof content) =>
  client().chat.completions.create({
    model,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'What is this?' }, content[part]] }],
  })

test('an image is shown to the first target of a route that is not known to take none', async () => {
  const { response } = await ask('seeing', 'image').withResponse()
  expect(response.headers.get('x-gatehouse-model')).toBe('second/echo')
})

test.each([
  ['image', 'first/echo takes no images'],
  ['document', 'first/echo takes no documents'],
  ['audio', 'first/echo takes no audio'],
] as const)(
  'where no target takes it, %s is refused by name before a provider is asked',
  async (part, message) => {
    const before = house.provider.bill.entries().length
    expect(await refusal(ask('blind', part))).toMatchObject({
      status: 400,
      code: 'unsupported_parameter',
      message: expect.stringContaining(message),
    })
    expect(house.provider.bill.entries()).toHaveLength(before)
  },
)

test('an answer that is to be spoken is asked of nobody who does not speak', async () => {
  const spoken = client().chat.completions.create({
    model: 'blind',
    messages: [{ role: 'user', content: 'Say hi.' }],
    modalities: ['text', 'audio'],
    audio: { voice: 'alloy', format: 'wav' },
  })
  expect(await refusal(spoken)).toMatchObject({
    status: 400,
    message: expect.stringContaining('does not speak'),
  })
})

test('vectors are asked of no model that is known to converse alone', async () => {
  const before = house.provider.bill.entries().length
  const vectors = client().embeddings.create({ model: 'blind', input: 'a' })
  expect(await refusal(vectors)).toMatchObject({
    status: 400,
    message: expect.stringContaining('first/echo is for chat, count-tokens'),
  })
  expect(house.provider.bill.entries()).toHaveLength(before)
})

test('images are asked of no model that makes vectors of texts alone', async () => {
  const response = await fetch(`${house.url}/v2/embed`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.key()}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'words',
      input_type: 'image',
      embedding_types: ['float'],
      images: [IMAGE],
    }),
  })
  expect(response.status).toBe(400)
  expect(await response.text()).toContain('first/embed takes no images')
})

test('an answer says that its model is retired, and when', async () => {
  const asked = client().chat.completions.create({
    model: 'blind',
    messages: [{ role: 'user', content: 'hi' }],
  })
  const { response } = await asked.withResponse()
  expect(response.headers.get('x-gatehouse-notices')).toBe('model.retiring=2026-01-31')
})
