import type { MediaSource } from '../exchange/content.ts'

/**
 * Where the bytes behind a URL are: in the URL itself, when it is a `data:` URL (RFC 2397), else out there.
 * A long text that is no URL at all is taken as bare base64 when `bareType` is given. A `data:` URL that cannot be read stays a URL.
 */
export function toSource(url: string, bareType?: string): MediaSource {
  const head = url.slice(0, MOST_HEAD_CHARACTERS)
  if (DATA.test(head)) return fromDataUrl(url, head) ?? { from: 'url', url }
  if (bareType === undefined || SCHEME.test(head)) return { from: 'url', url }
  return { from: 'bytes', base64: url, mediaType: bareType }
}

/** What stands before the bytes of a `data:` URL is short; nobody looks through megabytes for a comma. */
const MOST_HEAD_CHARACTERS = 200

const DATA = /^data:/i

/** How a URL begins (RFC 3986, 3.1). */
const SCHEME = /^[a-z][a-z0-9+.-]{0,20}:/i

function fromDataUrl(url: string, head: string): MediaSource | undefined {
  const comma = head.indexOf(',')
  if (comma < 0) return undefined
  const [mediaType = '', ...attributes] = head.slice('data:'.length, comma).split(';')
  const isBase64 = attributes.some((attribute) => attribute.trim().toLowerCase() === 'base64')
  const base64 = isBase64 ? url.slice(comma + 1) : escapedToBase64(url.slice(comma + 1))
  if (base64 === undefined) return undefined
  return { from: 'bytes', base64, mediaType: mediaType === '' ? 'application/octet-stream' : mediaType }
}

/** The bytes of percent-encoded text in base64, or undefined where the escapes are broken. */
function escapedToBase64(text: string): string | undefined {
  try {
    let binary = ''
    for (const byte of new TextEncoder().encode(decodeURIComponent(text))) binary += String.fromCharCode(byte)
    return btoa(binary)
  } catch {
    return undefined
  }
}
