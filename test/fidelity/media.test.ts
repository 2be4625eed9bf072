import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { CELLS, openHouse, type House } from './house.ts'
import { DOCUMENT_NAME } from './talk.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const ADDRESS = 'https://images.example/Castle.PNG?size=large&mode=a%20b'
/** As little of a PDF as says what it is. */
const PDF = `data:application/pdf;base64,${btoa('%PDF-1.4 castle')}`

const SEEN = {
  [PIXEL]: 'image image/png, 70 bytes',
  [ADDRESS]: `image at ${ADDRESS}`,
  [PDF]: 'document application/pdf, 15 bytes',
}

describe.each([...CELLS])('images and documents: $name', ({ client, target, mode }) => {
  const { imageUrls, namesDocuments } = client

  test('arrive as what they are, in their order, and are still there in the next turn', async () => {
    const images = imageUrls ? [PIXEL, ADDRESS, PIXEL] : [PIXEL, PIXEL]
    const files = [...images, PDF]
    const seen = `I see ${images.length} images: ${files.map((file) => SEEN[file]).join('; ')}.`
    const talk = client.open(house, { model: `${target}/vision`, mode })
    expect((await talk.say('What do you see?', files)).text).toBe(seen)
    expect((await talk.say('And now?')).text).toBe(seen)
    expect(JSON.stringify(house.lastBody()).includes(DOCUMENT_NAME)).toBe(namesDocuments)
  })
})
