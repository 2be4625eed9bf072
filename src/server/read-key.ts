import { KEY_HEADER } from '../exchange/own-headers.ts'
import { KEY_PREFIX } from '../exchange/virtual-key.ts'
import { Secret } from '../kit/secret.ts'

/** Said twice by tools that add it to what already has it. */
const BEARER = /^(?:bearer +)+/i
/** Besides `Authorization`, in the order in which they count. */
const OTHER_HEADERS = ['x-api-key', 'api-key', 'x-goog-api-key'] as const

/**
 * Finds the key a client sent. SDKs disagree on the header, so all of theirs are read; `x-gatehouse-key` wins and leaves
 * `Authorization` to whoever else needs it. Among the others the first that looks like ours is taken, else the first at
 * all, so that a provider's key sent by mistake gets an error that says so.
 *
 * @param inQuery what stands where the dialect's clients may send a key in the query
 */
export function readPresentedKey(headers: Headers, inQuery: string | null | undefined): Secret | undefined {
  const explicit = headers.get(KEY_HEADER)
  if (explicit !== null) return new Secret(explicit.trim())
  let chosen = ofAuthorization(headers.get('authorization') ?? '')
  for (const name of OTHER_HEADERS) chosen = preferred(chosen, headers.get(name))
  chosen = preferred(chosen, inQuery)
  return chosen === '' ? undefined : new Secret(chosen)
}

/** A key of ours is one without its scheme or in quotes, too; other schemes are for somebody else. */
function ofAuthorization(value: string): string {
  const bare = value.replace(BEARER, '')
  const text = (bare.includes('"') ? bare.replaceAll('"', '') : bare).trim()
  return text.startsWith(KEY_PREFIX) || BEARER.test(value) ? text : ''
}

/** Of what was found so far and what was found behind it. */
function preferred(first: string, second: string | null | undefined): string {
  if (second === null || second === undefined || first.startsWith(KEY_PREFIX)) return first
  return first === '' || second.startsWith(KEY_PREFIX) ? second : first
}
