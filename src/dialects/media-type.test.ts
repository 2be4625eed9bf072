import { expect, test } from 'bun:test'
import { documentTypeOf, imageTypeOf, typeAtAddress } from './media-type.ts'

const PNG = 'iVBORw0KGgo='
const base64 = (bytes: string): string => btoa(bytes)

test.each([
  ['image/jpg', 'AAAA', 'image/jpeg'],
  ['image/pjpeg', '', 'image/jpeg'],
  ['IMAGE/PNG', 'AAAA', 'image/png'],
  [' image/png; charset=binary', 'AAAA', 'image/png'],
  ['image/svg+xml', 'PHN2Zy8+', 'image/svg+xml'],
  ['image/bmp', 'Qk0=', 'image/bmp'],
  // What the bytes say is what providers check.
  ['', PNG, 'image/png'],
  ['image/jpeg', PNG, 'image/png'],
  ['application/octet-stream', '/9j/4AAQ', 'image/jpeg'],
  ['image/png', base64('GIF89a'), 'image/gif'],
  ['image/png', base64('RIFF\u0010\u0000\u0000\u0000WEBPVP8 '), 'image/webp'],
  ['image/x-wave', base64('RIFF\u0010\u0000\u0000\u0000WAVEfmt '), 'image/x-wave'],
  ['image/png', 'not base64 at all!', 'image/png'],
])('an image that is called %j and holds %j is %s', (mediaType, bytes, type) => {
  expect(imageTypeOf({ base64: bytes, mediaType })).toBe(type)
})

test.each([
  ['application/octet-stream', base64('%PDF-1.7'), 'application/pdf'],
  ['Application/PDF', 'AAAA', 'application/pdf'],
  ['text/plain;charset=utf-8', base64('GIF89a is a format'), 'text/plain'],
])('a document that is called %j and holds %j is %s', (mediaType, bytes, type) => {
  expect(documentTypeOf({ base64: bytes, mediaType })).toBe(type)
})

test.each([
  ['https://images.example/Castle.PNG?size=large', 'image/png'],
  ['https://images.example/castle.tar.jpeg#top', 'image/jpeg'],
  ['gs://castles/plan.pdf', 'application/pdf'],
  ['https://images.example/castle?file=a.png', undefined],
  ['https://images.example', undefined],
])('what lies at %j is %p', (address, type) => {
  expect(typeAtAddress(address)).toBe(type)
})
