import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { CELLS, openHouse, type House } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const ADDRESS = 'https://images.example/castle.png?size=large&mode=a%20b'
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
