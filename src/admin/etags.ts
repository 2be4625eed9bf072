import { sha256Hex } from '../kit/hash.ts'
import { SAFE_HEADERS } from './problem.ts'

/** Half of a digest tells answers of one path apart. */
const DIGITS = 32

/**
 * Gives an answer in JSON its entity tag, and 304 without a body in its place where the client has it already (RFC 9110, 13.1.2). Tags are weak:
 * they stand for what is said, whatever codes it on its way.
 */
export async function tagged(response: Response, asked: Headers): Promise<Response> {
  if (response.status !== 200 || response.headers.get('content-type') !== 'application/json') return response
  const text = await response.text()
  const tag = tagOf(text)
  const headers = { ...SAFE_HEADERS, etag: tag }
  if (isKnown(tag, asked.get('if-none-match'))) return new Response(null, { status: 304, headers })
  return new Response(text, { headers: { 'content-type': 'application/json', ...headers } })
}

/** The tag of an answer. */
export function tagOf(text: string): string {
  return `W/"${sha256Hex(text).slice(0, DIGITS)}"`
}

/** True when a condition (`If-Match`, `If-None-Match`) names a tag, or anything that there is. */
export function isKnown(tag: string, known: string | null): boolean {
  if (known === null) return false
  if (known.trim() === '*') return true
  const bare = tag.replace(/^W\//, '')
  return known.split(',').some((one) => one.trim().replace(/^W\//, '') === bare)
}
