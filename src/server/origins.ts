import { Failure } from '../exchange/failure.ts'
import { foreignPage } from '../kit/foreign-page.ts'

/** Browsers ask again after this time, seconds; most do not remember for longer. */
const PREFLIGHT_SECONDS = '600'
/** The headers that a preflight asks for; a list of names needs no other letters. */
const HEADER_NAMES = /^[\w\-, ]{1,2000}$/
const ANY = '*'

/** Decides which web pages may speak to the client API. */
export interface Origins {
  /**
   * The origin of the page that a request comes from, which has to be told in the answer; undefined for programs and pages of
   * our own. Throws `origin-refused` for pages that nobody allowed: the gateway may stand on the machine of whoever reads them.
   */
  judge(headers: Headers): string | undefined
}

/** @param allowed origins as browsers write them, `https://app.example`; `*` stands for all */
export function createOrigins(allowed: readonly string[]): Origins {
  const listed = new Set(allowed)
  return {
    judge(headers) {
      const origin = foreignPage(headers)
      if (origin === undefined || listed.has(origin) || listed.has(ANY)) return origin
      throw new Failure('origin-refused', { headers: { vary: 'Origin' } })
    },
  }
}

/** True for the question of a browser whether a page may send what it wants to send. */
export function isPreflight({ method, headers }: Request): boolean {
  return method === 'OPTIONS' && headers.has('access-control-request-method')
}

/** The answer to a preflight of an origin that is allowed (https://fetch.spec.whatwg.org/#http-cors-protocol). */
export function answerPreflight(headers: Headers): Response {
  const wanted = headers.get('access-control-request-headers') ?? ''
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-max-age': PREFLIGHT_SECONDS,
      // A star would not stand for `authorization`.
      ...(HEADER_NAMES.test(wanted) ? { 'access-control-allow-headers': wanted } : {}),
      ...(headers.has('access-control-request-private-network')
        ? { 'access-control-allow-private-network': 'true' }
        : {}),
    },
  })
}

/** Lets the page read an answer, all of its headers included: no cookies are concerned, so a star is enough for those. */
export async function showTo(origin: string, answer: Response | Promise<Response>): Promise<Response> {
  const response = await answer
  const { headers } = response
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', '*')
  headers.append('vary', 'Origin')
  return response
}
