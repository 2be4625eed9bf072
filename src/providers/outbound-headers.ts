import { pickHeaders } from '../kit/header-rules.ts'
import { LIMITS } from '../kit/limits.ts'
import { Failure } from '../exchange/failure.ts'
import { KEY_HEADER, OWN_HEADERS } from '../exchange/own-headers.ts'
import type { Credential, Signer, SpokenDialect, UnsignedRequest } from '../exchange/target.ts'

/** What a request to a provider carries besides its body. */
export interface Outgoing {
  /** The dialect as the target speaks it: constant headers and the place of the credential. */
  readonly spoken: SpokenDialect
  readonly credential: Credential
  /** What the dialect's encoder asks for, forwarded client headers included. */
  readonly wireHeaders: Readonly<Record<string, string>>
  readonly attemptId: string
  /** Gateways that the request has come through before this one. */
  readonly hops: number
  /** What is asked for: the type of an answer. */
  readonly accept: string
  /** The type of the body; absent where there is none. */
  readonly contentType: string | undefined
  /** `gatehouse/<version>`. */
  readonly userAgent: string
}

/**
 * Headers that only the sender itself writes. A dialect that tried to forward one would leak a client's secret or
 * change the framing of the request.
 */
const RESERVED: ReadonlySet<string> = new Set([
  'authorization',
  'proxy-authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  KEY_HEADER,
  'cookie',
  'host',
  'connection',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip',
])

/** The client's headers that a dialect forwards; a trailing `*` in `allowed` matches a prefix. */
export function forwardedHeaders(
  headers: Readonly<Record<string, string>>,
  allowed: readonly string[],
): Readonly<Record<string, string>> {
  return pickHeaders(headers, allowed, RESERVED)
}

/**
 * Builds the headers of a request from nothing: the offer's constants, what the dialect wants on top of them, the
 * framing, and the credential last, so that nothing can take its place. Throws `Failure('invalid-request')` for a
 * value that cannot be sent and `Failure('provider-auth')` for such a credential.
 */
export function outboundHeaders(outgoing: Outgoing): Record<string, string> {
  const { spoken, credential, wireHeaders } = outgoing
  const headers: Record<string, string> = {}
  for (const name in spoken.headers) headers[name] = spoken.headers[name] ?? ''
  for (const name in wireHeaders) {
    const value = wireHeaders[name]
    if (value === undefined || RESERVED.has(name)) continue
    if (!isSendable(value)) throw new Failure('invalid-request', unsendable(name))
    headers[name] = value
  }
  if (outgoing.contentType !== undefined) headers['content-type'] = outgoing.contentType
  headers['accept'] = outgoing.accept
  headers['accept-encoding'] = 'identity'
  headers['user-agent'] = outgoing.userAgent
  headers[OWN_HEADERS.attempt] = outgoing.attemptId
  headers[OWN_HEADERS.hops] = String(outgoing.hops + 1)
  const { auth } = spoken
  // A signature is over all that is sent, so the sender adds it last.
  if (!('header' in auth)) return headers
  const secret = credential.secret.reveal()
  if (secret === '') return headers
  if (!isSendable(secret)) {
    throw new Failure('provider-auth', {
      message: `The credential ${credential.id} holds characters that a header cannot carry.`,
    })
  }
  headers[auth.header] = auth.prefix + secret
  return headers
}

/** The headers of a request that is complete but for its signature, and that. */
export function signed(
  request: UnsignedRequest,
  auth: Signer,
  { secret }: Credential,
): Readonly<Record<string, string>> {
  return { ...request.headers, ...auth.sign(request, secret.reveal()) }
}

function unsendable(name: string): { message: string; param: string } {
  return { message: `The header ${name} is too long or holds characters that cannot be sent.`, param: name }
}

/** What is neither printable Latin-1 nor a tab (RFC 9110, 5.5). */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/

function isSendable(value: string): boolean {
  return value.length <= LIMITS.headerValueBytes && !UNSENDABLE.test(value)
}
