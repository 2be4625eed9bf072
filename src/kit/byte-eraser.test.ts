import { expect, test } from 'bun:test'
import { createByteEraser } from './byte-eraser.ts'

test('a text is overwritten where it stands last, and nothing else is', () => {
  const bytes = new TextEncoder().encode('<ab ab é ab>')
  const view = bytes.subarray(1, bytes.length - 1)
  createByteEraser('ab')(view)
  expect(new TextDecoder().decode(bytes)).toBe('<ab ab é   >')
  createByteEraser('zz')(view)
  expect(new TextDecoder().decode(bytes)).toBe('<ab ab é   >')
})
