/** The header by which a client says that it asks for the same thing again: draft-ietf-httpapi-idempotency-key-header-07. */
export const IDEMPOTENCY_HEADER = 'idempotency-key'
/** The header that says of an answer that it was given before. */
export const REPLAYED_HEADER = 'idempotent-replayed'

/** A string of structured fields (RFC 9651), or the same without its quotes, as most clients send it. */
const WORDS = /^(?:"([\x20\x21\x23-\x5b\x5d-\x7e]{1,255})"|([\x21\x23-\x7e]{1,255}))$/

/** What an idempotency key has to be, for those who sent another. */
export const IDEMPOTENCY_KEY_FORM =
  'The header Idempotency-Key is 1 to 255 visible characters of ASCII, in double quotes or without.'

/** The words of an idempotency key, without quotes; undefined where the header holds none. */
export function readIdempotencyKey(header: string): string | undefined {
  const [, quoted, bare] = WORDS.exec(header) ?? []
  return quoted ?? bare
}
