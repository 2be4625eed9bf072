import { findAll, isWordAt, NOTHING, type Detector, type Span } from './detector.ts'

/** How tokens begin that are known by it, and how many characters follow at least. */
interface TokenForm {
  readonly prefix: string
  readonly least: number
}

/** Tokens of services that are no providers of models: code hosting, chat, payments, mail, packages, clouds. */
const SERVICE_TOKENS: readonly TokenForm[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => ({ prefix, least: 30 })),
  { prefix: 'github_pat_', least: 40 },
  { prefix: 'glpat-', least: 18 },
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xapp-'].map((prefix) => ({ prefix, least: 16 })),
  ...['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'whsec_'].map((prefix) => ({ prefix, least: 16 })),
  { prefix: 'SG.', least: 40 },
  { prefix: 'npm_', least: 30 },
  { prefix: 'pypi-', least: 40 },
  ...['AKIA', 'ASIA'].map((prefix) => ({ prefix, least: 16 })),
  { prefix: 'dop_v1_', least: 40 },
  // Keys of this gateway.
  ...['gh_live_', 'gh_test_'].map((prefix) => ({ prefix, least: 20 })),
]

/** Characters behind the prefix of a provider's key, at least. */
const LEAST_KEY = 16

/**
 * Creates the detector of tokens that are known by how they begin.
 *
 * @param keyPrefixes how keys of providers of models begin
 */
export function createTokens(keyPrefixes: readonly string[]): Detector {
  const forms = [...SERVICE_TOKENS, ...keyPrefixes.map((prefix) => ({ prefix, least: LEAST_KEY }))]
  const anyPrefix = anyOf(forms.map(({ prefix }) => prefix))
  return {
    name: 'token',
    kind: 'secret',
    says: 'keys of the providers and tokens of code hosting, chat, payment, mail, package and cloud services, by how they begin',
    find: (text) => (anyPrefix.test(text) ? forms.flatMap((form) => tokensOf(text, form)) : NOTHING),
  }
}

/** Is one of some words in a text? Mostly none is: one look for all of them costs a tenth of one for each. */
function anyOf(words: readonly string[], flags = ''): RegExp {
  return new RegExp(words.map((word) => RegExp.escape(word)).join('|'), flags)
}

function tokensOf(text: string, { prefix, least }: TokenForm): readonly Span[] {
  let spans: Span[] | undefined
  for (let start = text.indexOf(prefix); start >= 0;) {
    const end = endOfToken(text, start + prefix.length)
    const isToken = end - start - prefix.length >= least && !isWordAt(text, start - 1)
    if (isToken && looksRandom(text.slice(start + prefix.length, end))) (spans ??= []).push({ start, end })
    start = text.indexOf(prefix, Math.max(end, start + prefix.length))
  }
  return spans ?? NOTHING
}

function endOfToken(text: string, from: number): number {
  let end = from
  while (end < text.length && (isWordAt(text, end) || /[_.-]/.test(text.charAt(end)))) end += 1
  while (end > from && text.charAt(end - 1) === '.') end -= 1
  return end
}

/** Words with hyphens between them are no secrets. */
function looksRandom(text: string): boolean {
  return /\d/.test(text) && /[A-Za-z]/.test(text)
}

const PEM_BEGIN = '-----BEGIN '
const PEM_HEAD = /^-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/
const PEM_END = /-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/
const LONGEST_PEM = 32_768

/** Private keys as they stand in files. Without their last line they reach to the end of the text, as far as keys do. */
export const privateKey: Detector = {
  name: 'private-key',
  kind: 'secret',
  says: 'from `-----BEGIN … PRIVATE KEY-----` to its end',
  find(text) {
    let spans: Span[] | undefined
    for (let start = text.indexOf(PEM_BEGIN); start >= 0; start = text.indexOf(PEM_BEGIN, start + 1)) {
      const piece = text.slice(start, start + LONGEST_PEM)
      if (!PEM_HEAD.test(piece)) continue
      const last = PEM_END.exec(piece)
      const length = last === null ? piece.length : last.index + last[0].length
      ;(spans ??= []).push({ start, end: start + length })
    }
    return spans ?? NOTHING
  },
}

const JWT = /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}/g

/** Signed tokens: two parts in base64 that begin as JSON does, and a signature. */
export const jwt: Detector = {
  name: 'jwt',
  kind: 'secret',
  says: 'three parts in base64, of which the first begins as JSON does',
  find: (text) => (text.includes('eyJ') ? findAll(text, JWT, () => true) : NOTHING),
}

/** As they stand in headers, lower case. */
const SCHEMES = ['bearer ', 'basic '] as const
const ADDRESS = '://'
const ANY_CREDENTIALS = anyOf([...SCHEMES, ADDRESS], 'iu')
const SCHEME_VALUE = /[ \t]{0,3}[A-Za-z0-9._~+/=-]{16,}/y
const USER_AND_PASSWORD = /:\/\/[^\s/@:"'<>]{1,100}:[^\s/@"'<>]{1,200}@/y

/** What headers and addresses carry to open a door. */
export const credentials: Detector = {
  name: 'credentials',
  kind: 'secret',
  says: 'behind `Bearer` and `Basic`, and `name:password@` in an address',
  find(text) {
    if (!ANY_CREDENTIALS.test(text)) return NOTHING
    const lower = text.toLowerCase()
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
const LONGEST_VALUE = 512

/** Passwords and keys that are known by what stands before them. The label stays. */
export const labelledSecret: Detector = {
  name: 'password',
  kind: 'secret',
  says: 'what follows `password`, `secret`, `api_key` and the like behind `:`, `=` or `is`, where it holds a digit or a sign',
  find(text) {
    if (!ANY_LABEL.test(text)) return NOTHING
    const lower = text.toLowerCase()
    return LABELS.flatMap((label) =>
      behind(text, placesOf(lower, label), LABEL_END).flatMap(({ end }) => valueAt(text, end)),
    )
  },
}

function valueAt(text: string, start: number): readonly Span[] {
  let end = start
  while (end < text.length && end - start < LONGEST_VALUE && !VALUE_END.test(text.charAt(end))) end += 1
  while (end > start && /[.!?:]/.test(text.charAt(end - 1))) end -= 1
  const value = text.slice(start, end)
  const isSecret = value.length >= SHORTEST_VALUE && /[\d!@#$%^&*_+=~-]/.test(value)
  return isSecret ? [{ start, end }] : NOTHING
}
