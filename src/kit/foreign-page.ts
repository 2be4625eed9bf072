/** What browsers say of a page that has no origin of its own, or that they do not name. */
const UNNAMED = 'null'

/**
 * The origin of the web page that a request comes from, unless it is a page of the very address that is asked. Undefined for
 * programs that are no browsers, which say nothing of the kind. Nothing but a browser can be trusted to tell the truth here,
 * and nothing but a browser has to be.
 *
 * @param headers of the request: https://fetch.spec.whatwg.org/#origin-header, https://w3c.github.io/webappsec-fetch-metadata/
 */
export function foreignPage(headers: Headers): string | undefined {
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  if (site !== null) return site === 'same-origin' || site === 'none' ? undefined : (origin ?? UNNAMED)
  if (origin === null || origin.slice(origin.indexOf('://') + 3) === headers.get('host')) return undefined
  return origin
}
