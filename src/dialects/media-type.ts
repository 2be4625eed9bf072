/** Bytes as a client sent them. */
interface Bytes {
  readonly base64: string
  /** As the client wrote it. */
  readonly mediaType: string
}

export const PDF = 'application/pdf'

/** Other spellings of registered types (https://www.iana.org/assignments/media-types). */
const USUAL_NAMES: ReadonlyMap<string, string> = new Map([
  ['image/jpg', 'image/jpeg'],
  ['image/pjpeg', 'image/jpeg'],
  ['image/x-png', 'image/png'],
  ['application/x-pdf', PDF],
])

/** How the bytes of a type begin, and what stands behind that at an offset. */
const BEGINNINGS: readonly { readonly type: string; readonly at: number; readonly bytes: string }[] = [
  { type: 'image/jpeg', at: 0, bytes: '\u00ff\u00d8\u00ff' },
  { type: 'image/png', at: 0, bytes: '\u0089PNG' },
  { type: 'image/gif', at: 0, bytes: 'GIF8' },
  { type: 'image/webp', at: 8, bytes: 'WEBP' },
  { type: PDF, at: 0, bytes: '%PDF' },
]

/** How the names of files end that models take. */
const ENDINGS: ReadonlyMap<string, string> = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['gif', 'image/gif'],
  ['webp', 'image/webp'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', PDF],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['webm', 'video/webm'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
])

/** Sixteen digits of base64 are the first twelve bytes. */
const HEAD_DIGITS = 16

/** The type of an image: what its bytes say, which providers check, else what the client said, in the usual spelling. */
export function imageTypeOf(image: Bytes): string {
  const seen = typeInBytes(image.base64)
  return seen === undefined || seen === PDF ? usualName(image.mediaType) : seen
}

/** The type of a document, likewise. */
export function documentTypeOf(document: Bytes): string {
  return typeInBytes(document.base64) === PDF ? PDF : usualName(document.mediaType)
}

/** The type of what lies at an address, as far as the ending of its path tells. */
export function typeAtAddress(address: string): string | undefined {
  const [path = ''] = address.split(/[?#]/, 1)
  return ENDINGS.get((/\.(\w+)$/.exec(path)?.[1] ?? '').toLowerCase())
}

function typeInBytes(base64: string): string | undefined {
  let head: string
  try {
    head = atob(base64.slice(0, HEAD_DIGITS))
  } catch {
    return undefined
  }
  return BEGINNINGS.find(({ at, bytes }) => head.startsWith(bytes, at))?.type
}

/** Names are compared without regard to case, and parameters do not count (RFC 9110, 8.3.1). */
function usualName(mediaType: string): string {
  const name = (mediaType.split(';', 1)[0] ?? '').trim().toLowerCase()
  return USUAL_NAMES.get(name) ?? name
}
