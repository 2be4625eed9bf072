import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { createAnthropic } from './anthropic-client.ts'
import { CELLS, openHouse, type House } from './house.ts'
import { createOpenai } from './openai-client.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const ADDRESS = 'https://images.example/Castle.PNG?size=large&mode=a%20b'
const SEEN_PIXEL = 'image image/png, 70 bytes'
const SEEN_ADDRESS = `image at ${ADDRESS}`

describe.each([...CELLS])('images: $name', ({ client, target, mode }) => {
  const show = (...images: readonly string[]) =>
    client.open(house, { model: `${target}/vision`, mode }).say('What do you see?', images)

  test('an inline image arrives as what it is', async () => {
    expect((await show(PIXEL)).text).toBe(`I see 1 image: ${SEEN_PIXEL}.`)
  })

  test('an image of an earlier turn is still there', async () => {
    const talk = client.open(house, { model: `${target}/vision`, mode })
    await talk.say('Look.', [PIXEL])
    expect((await talk.say('And now?')).text).toBe(`I see 1 image: ${SEEN_PIXEL}.`)
  })
})

describe.each(CELLS.filter(({ client }) => client.imageUrls))(
  'addresses of images: $name',
  ({ client, target, mode }) => {
    test('arrive to the letter, in order with others', async () => {
      const talk = client.open(house, { model: `${target}/vision`, mode })
      expect((await talk.say('What do you see?', [PIXEL, ADDRESS, PIXEL])).text).toBe(
        `I see 3 images: ${SEEN_PIXEL}; ${SEEN_ADDRESS}; ${SEEN_PIXEL}.`,
      )
    })
  },
)

/** As little of a PDF as says what it is. */
const PDF = btoa('%PDF-1.4 castle')

describe.each(['chat', 'messages'] as const)('documents, to %s', (target) => {
  const model = `${target}/vision`
  const seen = 'I see 0 images: document application/pdf, 15 bytes.'

  test('openai: a file with its name', async () => {
    const file = { filename: 'castle.pdf', file_data: `data:application/pdf;base64,${PDF}` }
    const completion = await createOpenai(house).chat.completions.create({
      model,
      messages: [{ role: 'user', content: [{ type: 'file', file }] }],
    })
    expect(completion.choices[0]?.message.content).toBe(seen)
    expect(JSON.stringify(house.lastBody())).toContain('castle.pdf')
  })

  test('anthropic: a document with its title', async () => {
    const source = { type: 'base64' as const, media_type: 'application/pdf' as const, data: PDF }
    const message = await createAnthropic(house).messages.create({
      model,
      max_tokens: 100,
      messages: [{ role: 'user', content: [{ type: 'document', source, title: 'castle.pdf' }] }],
    })
    expect(message.content).toMatchObject([{ text: seen }])
    expect(JSON.stringify(house.lastBody())).toContain('castle.pdf')
  })
})
