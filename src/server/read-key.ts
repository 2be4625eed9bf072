import { Secret } from '../kit/secret.ts'

/** How our own keys begin. */
const OUR_PREFIX = 'gh_'

/**
 * Finds the key a client sent. SDKs disagree on the header, so all of theirs are read; `x-gatehouse-key` wins and leaves
 * `Authorization` to whoever else needs it. Among the others the first that looks like ours is taken, else the first at
 * all, so that a provider's key sent by mistake gets an error that says so.
 */
export function readPresentedKey(headers: Headers, query: URLSearchParams | undefined): Secret | undefined {
  const explicit = headers.get('x-gatehouse-key')
  if (explicit !== null) return new Secret(explicit.trim())
  const authorization = headers.get('authorization')
  const candidates = [
    authorization !== null && /^bearer /i.test(authorization) ? authorization.slice(7).trim() : undefined,
    headers.get('x-api-key'),
    headers.get('api-key'),
    headers.get('x-goog-api-key'),
    query?.get('key'),
  ].filter((value): value is string => typeof value === 'string' && value !== '')
  const chosen = candidates.find((value) => value.startsWith(OUR_PREFIX)) ?? candidates[0]
  return chosen === undefined ? undefined : new Secret(chosen)
}
