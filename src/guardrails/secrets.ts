import { findAll, NOTHING, type Detector, type Span } from './detector.ts'

/** Is one of some words in a text? Mostly none is: one look for all of them costs a tenth of one for each. */
function anyOf(words: readonly string[], flags = ''): RegExp {
  return new RegExp(words.map((word) => RegExp.escape(word)).join('|'), flags)
}

/** With two parts more where it is encrypted (RFC 7516). */
const JWT =
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+){0,2}/g
const JWT_LEAD = 'eyJ'
const IN_JWT = /[A-Za-z0-9_.-]/
/** What servers take in a header is no longer. */
const LONGEST_JWT = 16_384

/** Signed tokens: two parts in base64 that begin as JSON does, and a signature. */
export const jwt: Detector = {
  name: 'jwt',
  kind: 'secret',
  says: 'three parts in base64, of which the first begins as JSON does',
  reach: LONGEST_JWT,
  find: (text) => (text.includes(JWT_LEAD) ? findAll(text, JWT, () => true) : NOTHING),
  settled(text) {
    const run = runAtEnd(text, IN_JWT, LONGEST_JWT)
    const lead = text.indexOf(JWT_LEAD, run)
    return lead < 0 ? Math.max(run, text.length - JWT_LEAD.length) : lead
  },
}

/** Where the characters of a kind begin that stand at the end of a text; so many of them at most. */
function runAtEnd(text: string, kind: RegExp, most: number): number {
  const least = Math.max(0, text.length - most)
  let at = text.length
  while (at > least && kind.test(text.charAt(at - 1))) at -= 1
  return at
}

/** As they stand in headers, lower case. */
const SCHEMES = ['bearer ', 'basic '] as const
const ADDRESS = '://'
const ANY_CREDENTIALS = anyOf([...SCHEMES, ADDRESS], 'iu')
const SCHEME_VALUE = /[ \t]{0,3}[A-Za-z0-9._~+/=-]{16,}/y
/** Passwords that clouds sign for their databases have some 1,500 characters. */
const USER_AND_PASSWORD = /:\/\/[^\s/@:"'<>]{1,100}:[^\s/@"'<>]{1,2000}@/y
const IN_USER_AND_PASSWORD = /[^\s/@"'<>]/
const LONGEST_ADDRESS = 2_200
const IN_SCHEME_VALUE = /[A-Za-z0-9._~+/=-]/
/** What a scheme is followed by begins right behind its blank. */
const SCHEME_AT_END = /(?:bearer|basic) ([ \t]{0,3})$/i
/** Characters in which a scheme and its blanks stand. */
const SCHEME_CHARACTERS = 10

/** What headers and addresses carry to open a door. */
export const credentials: Detector = {
  name: 'credentials',
  kind: 'secret',
  says: 'behind `Bearer` and `Basic`, and `name:password@` in an address',
  reach: LONGEST_ADDRESS,
  settled(text) {
    const address = runAtEnd(text, IN_USER_AND_PASSWORD, LONGEST_ADDRESS)
    const isAddress = text.startsWith(ADDRESS, address - ADDRESS.length)
    return Math.min(isAddress ? address : text.length, beginOfSchemeValue(text))
  },
  find(text) {
    if (!ANY_CREDENTIALS.test(text)) return NOTHING
    const lower = inLowerCase(text)
    return [
      ...SCHEMES.flatMap((scheme) =>
        behind(text, placesOf(lower, scheme), SCHEME_VALUE).filter(({ start, end }) =>
          /\d/.test(text.slice(start, end)),
        ),
      ),
      ...behind(text, placesOf(text, ADDRESS, 0), USER_AND_PASSWORD).map(({ start, end }) => ({
        start: start + ADDRESS.length,
        end: end - 1,
      })),
    ]
  },
}

/** In lower case, each character where it was: of all letters `İ` alone becomes two (Unicode, SpecialCasing.txt). */
function inLowerCase(text: string): string {
  return text.replaceAll('İ', 'I').toLowerCase()
}

/** Where what a scheme is followed by begins that is not over at the end of a text. */
function beginOfSchemeValue(text: string): number {
  const run = runAtEnd(text, IN_SCHEME_VALUE, LONGEST_ADDRESS)
  const [, blanks] = SCHEME_AT_END.exec(text.slice(Math.max(0, run - SCHEME_CHARACTERS), run)) ?? []
  return blanks === undefined ? text.length : run - blanks.length
}

/** Where a word ends, or begins, each time that a text has it. */
function placesOf(text: string, word: string, shift = word.length): readonly number[] {
  let places: number[] | undefined
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length))
    (places ??= []).push(at + shift)
  return places ?? NOWHERE
}

const NOWHERE: readonly number[] = []

/** What a pattern (with the flag `y`) matches at places. */
function behind(text: string, places: readonly number[], pattern: RegExp): readonly Span[] {
  if (places.length === 0) return NOTHING
  const sticky = pattern
  return places.flatMap((start) => {
    sticky.lastIndex = start
    const match = sticky.exec(text)
    return match === null ? [] : [{ start, end: start + match[0].length }]
  })
}

const LABELS = [
  'password',
  'passwd',
  'passphrase',
  'secret',
  'api_key',
  'api-key',
  'apikey',
  'access_key',
  'access-key',
  'accesskey',
  'auth_token',
  'auth-token',
  'access_token',
  'private_key',
] as const
const ANY_LABEL = anyOf(LABELS, 'iu')
/** What stands between a label and its value, quotes of JSON within a text included. */
const LABEL_END = /["'\\]{0,2}[ \t]{0,3}(?:[:=]|is\b)[ \t]{0,3}["'\\]{0,2}/y
const VALUE_END = /[\s"'\\,;<>)}\]]/
const SHORTEST_VALUE = 6
/** No word is as long. */
const LONGEST_WORD = 40

/** Passwords and keys that are known by what stands before them. The label stays. */
export const labelledSecret: Detector = {
  name: 'password',
  kind: 'secret',
  isUnbroken: true,
  says: 'what follows `password`, `secret`, `api_key` and the like behind `:`, `=` or `is`, where it holds a digit or a sign',
  find(text) {
    if (!ANY_LABEL.test(text)) return NOTHING
    const lower = inLowerCase(text)
    return LABELS.flatMap((label) => {
      let until = 0
      return behind(text, placesOf(lower, label), LABEL_END).flatMap(({ end }) => {
        // Within a value stand no further ones.
        if (end < until) return NOTHING
        const value = valueAt(text, end)
        until = value.end
        return isSecret(text.slice(value.start, value.end)) ? [value] : NOTHING
      })
    })
  },
}

function valueAt(text: string, start: number): Span {
  let end = start
  while (end < text.length && !VALUE_END.test(text.charAt(end))) end += 1
  return { start, end }
}

/** Says where a secret is, or that one is to be put there: variables of the environment, of programs and of templates. */
const NAMES_ONE =
  /^(?:(?:process\.|Deno\.|import\.meta\.|Bun\.)?env\b[.:[(]|os\.(?:environ|getenv)|System\.getenv|\$\{|\$\(?[A-Z_][A-Z0-9_]*$|%[A-Z_]+%|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|(?:my|your)[-_]|[A-Za-z_]+(?:\.[A-Za-z_]+)+$)/

/** With a digit or a sign in it that does not end a sentence. */
function isSecret(written: string): boolean {
  const value = written.replace(/[.!?:]{1,8}$/, '')
  if (NAMES_ONE.test(value.slice(0, LONGEST_NAME))) return false
  return value.length >= LONGEST_WORD || (value.length >= SHORTEST_VALUE && /[\d!@#$%^&*_+=~-]/.test(value))
}

const LONGEST_NAME = 256
