import type { JsonScan } from '../kit/json-scan.ts'

/** JSON text, and where its members stand. */
export interface JsonBody {
  readonly form: 'json'
  readonly bytes: Uint8Array
  readonly scan: JsonScan
}

/** A form of several parts, fields and files, in their order. */
export interface PartsBody {
  readonly form: 'multipart'
  readonly parts: FormData
}

/** A picture, a recording, anything that is no text of a dialect. */
export interface BytesBody {
  readonly form: 'bytes'
  readonly bytes: Uint8Array
  readonly mediaType: string
}

/** What only asks has no body. */
export interface NoBody {
  readonly form: 'none'
}

/** The body of a request, as it is kept and passed on. */
export type WireBody = JsonBody | PartsBody | BytesBody | NoBody

/** Bytes in a body, as far as they say something: what is around the parts of a form is not counted. */
export function bodyLength(body: WireBody): number {
  switch (body.form) {
    case 'json':
    case 'bytes':
      return body.bytes.length
    case 'multipart':
      return [...body.parts.values()].reduce((sum, part) => sum + lengthOf(part), 0)
    case 'none':
      return 0
  }
}

function lengthOf(part: FormDataEntryValue): number {
  return typeof part === 'string' ? Buffer.byteLength(part) : part.size
}
