import { NOTHING, type Detector, type Span } from './detector.ts'

/** How a private key stands in a file. */
interface KeyForm {
  /** Stands in the first line, and is looked for first. */
  readonly lead: string
  /** The first line and the last, with the flag `y`. */
  readonly head: RegExp
  /** The first word of the last line. */
  readonly tail: string
  readonly last: RegExp
}

const FORMS: readonly KeyForm[] = [
  {
    lead: '-----BEGIN ',
    head: /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y,
    tail: '-----END',
    last: /-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y,
  },
  // RFC 4716, as some servers of SSH keep theirs.
  {
    lead: '---- BEGIN SSH2 ',
    head: /---- BEGIN SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/y,
    tail: '----',
    last: /---- END SSH2 (?:ENCRYPTED )?PRIVATE KEY ----/y,
  },
  {
    lead: 'PuTTY-User-Key-File-',
    head: /PuTTY-User-Key-File-\d: [a-z0-9-]{1,40}/y,
    tail: 'Private-MAC:',
    last: /Private-MAC: [0-9a-f]{40,64}/y,
  },
]

/** A first line in base64, as files of Kubernetes have keys, and what it may say. */
const LEAD_IN_BASE64 = 'LS0tLS1CRUdJTi'
const HEAD_IN_BASE64 = /^-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY/
/** Characters in which the first line is whole. */
const HEAD_CHARACTERS = 128
const BASE64 = /[A-Za-z0-9+/=_-]/

/** Lines of base64 are 64 or 76 characters long, but the last. */
const LEAST_LINE = 60

/** A key of RSA with 16,384 bits has 13,000; so much of a stream is held without another look. */
const LONGEST_KEY = 65_536

/** Nothing of a key has blanks or quotes in it. */
const WORD = /[^\s\\"'`]+/g
/** A word of a language, of two letters or more, and no piece of base64. */
const OF_PROSE = /^[^\p{L}\p{N}+/=]*\p{L}[\p{Ll}\p{Lo}\p{M}’-]{1,23}[^\p{L}\p{N}+/=]*$/u
const ONE_CHARACTER = /^.$/u
/** So many in a row, and it is no key any more. */
const PROSE = 8
/** Lines such as `Comment:` may say anything. */
const HEADER = /^[A-Z][A-Za-z-]{1,30}:$/
/** A longer word is a piece of a key. */
const LEAST_PIECE = 16

/**
 * Private keys as they stand in files. One whose last line is missing goes on as far as it can be one: until several words of a language
 * stand in a row, or the text ends.
 */
export const privateKey: Detector = {
  name: 'private-key',
  kind: 'secret',
  says: 'from `-----BEGIN … PRIVATE KEY-----` (PEM, OpenSSH, PGP, SSH2; also in base64) or `PuTTY-User-Key-File-` to its end, or as far as it may be one',
  reach: LONGEST_KEY,
  find(text) {
    const keys = [...FORMS.flatMap((form) => keysIn(text, form)), ...inBase64(text)]
    return keys.length === 0 ? NOTHING : keys
  },
  settled(text) {
    let settled = beginOfHead(text)
    for (const form of FORMS)
      for (const { start, isOpen } of keysIn(text, form)) if (isOpen) settled = Math.min(settled, start)
    for (const { start, end } of inBase64(text))
      if (isLineEnd(text.slice(end))) settled = Math.min(settled, start)
    return settled
  },
}

const LEADS = [...FORMS.map(({ lead }) => lead), LEAD_IN_BASE64]

/** Where a first line may begin that is not whole at the end of a text. */
function beginOfHead(text: string): number {
  const least = Math.max(0, text.length - HEAD_CHARACTERS)
  const tail = text.slice(least)
  return least + Math.min(...LEADS.map((lead) => beginOfLead(tail, lead)))
}

function beginOfLead(tail: string, lead: string): number {
  const whole = tail.indexOf(lead)
  if (whole >= 0) return whole
  let length = Math.min(lead.length, tail.length)
  while (!tail.endsWith(lead.slice(0, length))) length -= 1
  return tail.length - length
}

/** A private key, or what may still be one at the end of a text. */
interface Key extends Span {
  readonly isOpen: boolean
}

const NO_KEYS: readonly Key[] = []

function keysIn(text: string, form: KeyForm): readonly Key[] {
  let keys: Key[] | undefined
  let from = text.indexOf(form.lead)
  while (from >= 0) {
    const key = keyAt(text, from, form)
    if (key !== undefined) (keys ??= []).push(key)
    from = text.indexOf(form.lead, key?.end ?? from + 1)
  }
  return keys ?? NO_KEYS
}

function keyAt(text: string, start: number, form: KeyForm): Key | undefined {
  const headEnd = endOf(form.head, text, start)
  if (headEnd === undefined) return undefined
  const body = new KeyBody()
  const words = WORD
  words.lastIndex = headEnd
  let isHeader = false
  let before = headEnd
  for (let match = words.exec(text); match !== null; match = words.exec(text)) {
    const [word] = match
    const { index: at } = match
    const end = endIn(text, { at, word }, form)
    if (end !== undefined) return { start, end, isOpen: false }
    const behind = at + word.length
    const isNewLine = text.slice(before, at).includes('\n')
    isHeader = isNewLine ? HEADER.test(word) : isHeader
    before = behind
    // The last word may not be whole, and says nothing yet.
    if (behind < text.length && !isHeader && body.isOver(word, behind))
      return body.end === undefined ? undefined : { start, end: body.end, isOpen: false }
  }
  return { start, end: text.length, isOpen: true }
}

/** Where a key ends whose last line begins in a word. */
function endIn(
  text: string,
  { at, word }: { readonly at: number; readonly word: string },
  { tail, last }: KeyForm,
): number | undefined {
  const tailAt = word.indexOf(tail)
  return tailAt < 0 ? undefined : endOf(last, text, at + tailAt)
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  const sticky = pattern
  sticky.lastIndex = at
  const match = sticky.exec(text)
  return match === null ? undefined : at + match[0].length
}

/** The words behind the first line of a key: whether they can be a key still. */
class KeyBody {
  /** Where the last piece of the key ends. */
  end: number | undefined
  #prose = 0

  isOver(word: string, behind: number): boolean {
    if (OF_PROSE.test(word)) this.#prose += 1
    else if (!ONE_CHARACTER.test(word)) {
      this.#prose = 0
      if (word.length >= LEAST_PIECE) this.end = behind
    }
    return this.#prose === PROSE
  }
}

/** Runs of base64 whose first line is that of a private key. */
function inBase64(text: string): readonly Span[] {
  let spans: Span[] | undefined
  let end = 0
  for (let at = text.indexOf(LEAD_IN_BASE64); at >= 0; at = text.indexOf(LEAD_IN_BASE64, end)) {
    end = endOfBase64(text, at)
    if (isKey(text.slice(at, Math.min(end, at + HEAD_CHARACTERS)))) (spans ??= []).push({ start: at, end })
  }
  return spans ?? NOTHING
}

/** Where a run ends that may be written in lines. */
function endOfBase64(text: string, start: number): number {
  let line = start
  for (;;) {
    let end = line
    while (end < text.length && BASE64.test(text.charAt(end))) end += 1
    const next = text.startsWith('\r\n', end) ? end + 2 : text.charAt(end) === '\n' ? end + 1 : end
    if (end - line < LEAST_LINE || next === end || !BASE64.test(text.charAt(next))) return end
    line = next
  }
}

/** Nothing at all, or what may stand before the next line. */
function isLineEnd(text: string): boolean {
  return text === '' || text === '\n' || text === '\r' || text === '\r\n'
}

function isKey(head: string): boolean {
  const plain = head.replaceAll(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  return HEAD_IN_BASE64.test(atob(plain.slice(0, plain.length - (plain.length % 4))))
}
