import type { WireRequest } from '../dialects/dialect.ts'
import type { BytesBody, NoBody, PartsBody } from '../exchange/wire-body.ts'

/** A body that can be sent: JSON as text or bytes, other bytes, or none. */
export type SendableBody = string | Uint8Array | BytesBody | NoBody

/** True for JSON, which nearly all bodies are. */
export function isJson(body: WireRequest['body']): body is string | Uint8Array {
  return typeof body === 'string' || body instanceof Uint8Array
}

/** Puts the parts of a form together; other bodies are sendable as they are. */
export async function toSendable(body: PartsBody | BytesBody | NoBody): Promise<BytesBody | NoBody> {
  if (body.form !== 'multipart') return body
  const form = new Response(body.parts)
  return { form: 'bytes', bytes: await form.bytes(), mediaType: form.headers.get('content-type') ?? '' }
}

/** What goes over the wire; undefined for nothing. */
export function contentOf(body: SendableBody): string | Uint8Array | undefined {
  if (isJson(body)) return body
  return body.form === 'bytes' ? body.bytes : undefined
}

/** The type that is told of a body; undefined where there is none. */
export function contentTypeOf(body: SendableBody): string | undefined {
  if (isJson(body)) return 'application/json'
  return body.form === 'bytes' ? body.mediaType : undefined
}
