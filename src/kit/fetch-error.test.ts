import { expect, test } from 'bun:test'
import { readFetchError } from './fetch-error.ts'

const coded = (code: string): Error => Object.assign(new Error('fetching https://host/?key=hush'), { code })

test('refusals of resolver, route, connection and certificate are known as not sent', () => {
  for (const code of [
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_HAS_EXPIRED',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'EPROTO',
  ])
    expect(readFetchError(coded(code))).toEqual({ code, sent: false })
})

test('a reset, broken HTTP and everything unknown may have been sent', () => {
  for (const code of ['ECONNRESET', 'Malformed_HTTP_Response', 'ZlibError', 'ESOMETHING'])
    expect(readFetchError(coded(code))).toEqual({ code, sent: true })
})

test('an error without a code was thrown before sending', () => {
  for (const error of [
    new TypeError("Header 'x' has invalid value"),
    'text',
    undefined,
    { code: 'ECONNRESET' },
  ])
    expect(readFetchError(error)).toEqual({ code: 'EINVAL', sent: false })
})
