import { expect, test } from 'bun:test'
import { encodeTextInSteps } from './text-steps.ts'

function encode(text: string, stepCharacters: number): Uint8Array {
  const steps = encodeTextInSteps(text, stepCharacters)
  for (;;) {
    const { done, value } = steps.next()
    if (done === true) return value
  }
}

test('a text becomes the same bytes in steps as at once, wherever a step ends', () => {
  const texts = ['', 'plain', 'Grüße – 世界', '😀😀😀a😀', 'a\ud800b\udc00\ud83d', '\ud83d\ud83d\ude00\ude00']
  for (const text of texts) {
    const whole = Buffer.from(new TextEncoder().encode(text)).toString('hex')
    for (let step = 1; step < 8; step += 1)
      expect(Buffer.from(encode(text, step)).toString('hex')).toBe(whole)
  }
})
