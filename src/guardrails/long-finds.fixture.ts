import type { CorpusText } from './corpus.fixture.ts'

const LINE = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj'
const HEX_LINE = '9f86d081884c7d659a2feaa0c55ad015'

/** Lines of which no two are alike, as the lines of a key are. */
function lines(count: number, line = LINE): string {
  return Array.from({ length: count }, (_none, at) => {
    const turn = (at * 7) % line.length
    return line.slice(turn) + line.slice(0, turn) + String(at % 10)
  }).join('\n')
}

const key = (kind: string, body: string): string =>
  [`-----BEGIN ${kind}-----`, body, `-----END ${kind}-----`].join('\n')

const THANKS = '\nThanks, that is all.'

const holds = (
  name: string,
  words: string,
  [before, after = THANKS]: readonly [before: string, after?: string],
): CorpusText => ({ text: `${before}${words}${after}`, holds: [[name, words]] })

/** Longer than most that is found: keys as they stand in files, tokens with much in them. They are nobody's. */
export const LONG_FINDS: readonly CorpusText[] = [
  holds('private-key', key('RSA PRIVATE KEY', lines(26)), ['Here it is:\n']),
  holds('private-key', key('PRIVATE KEY', lines(120)), ['{"private_key":"', '"}']),
  holds('private-key', key('OPENSSH PRIVATE KEY', lines(40)), ['cat ~/.ssh/id\n']),
  holds(
    'private-key',
    key('PGP PRIVATE KEY BLOCK', `Comment: the key of the house, made for all who ask\n\n${lines(90)}`),
    [''],
  ),
  holds('private-key', key('ENCRYPTED PRIVATE KEY', lines(320)), ['a long one\n']),
  // What follows a key that was not written to its end may belong to it.
  holds('private-key', `-----BEGIN PRIVATE KEY-----\n${lines(30)}`, ['cut off:\n', '']),
  holds('private-key', key('RSA PRIVATE KEY', lines(26)).replaceAll('\n', String.raw`\n`), [
    '"key": "',
    '",',
  ]),
  holds(
    'private-key',
    `PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nComment: made by hand\nPublic-Lines: 6\n${lines(6)}\nPrivate-Lines: 14\n${lines(14)}\nPrivate-MAC: ${HEX_LINE}${HEX_LINE}`,
    ['the file:\n'],
  ),
  holds('private-key', btoa(key('RSA PRIVATE KEY', lines(70))), ['data:\n  tls.key: ', '\n  tls.crt: none']),
  holds(
    'jwt',
    `${btoa('{"alg":"RS256","typ":"JWT"}')}.${lines(40).replaceAll(/\W/g, '')}.${lines(6).replaceAll(/\W/g, '')}`,
    ['session '],
  ),
  holds('token', `sk-proj-${lines(12).replaceAll(/\W/g, '')}`, ['use ']),
  holds('credentials', lines(14).replaceAll(/\W/g, ''), ['Authorization: Bearer ']),
  holds('credentials', `svc:${lines(13, HEX_LINE).replaceAll('\n', '')}`, ['postgres://', '@db.internal/x']),
  holds('password', lines(30, HEX_LINE).replaceAll('\n', ''), ['client_secret=', '\ngrant_type=none']),
]
