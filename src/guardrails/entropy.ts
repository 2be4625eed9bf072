import { NOTHING, type Detector } from './detector.ts'
import { looksDrawn } from './randomness.ts'
import { characterSet, runsOf } from './runs.ts'

const SHORTEST = 16
/** Of a longer one, only so much says what it is. */
const LOOKED_AT = 256
const IN_VALUE = characterSet(/[A-Za-z0-9+/_~-]/)
const BEFORE = 72

const LABEL =
  '(?:pass(?:word|wd|phrase|code)?s?|pwd|secrets?|tokens?|credentials?|api[ _-]?keys?|(?:access|auth|private|signing|signature|encryption|account|storage|shared|master|license|service|webhook|session)[ _-]?(?:keys?|cookie|secret)|connection string|salt|passwort|kennwort|schlüssel|contraseña|clave|mot de passe|senha)'
/** Behind `:`, `=` or a verb, or with no more than a few words between. */
const LABELLED = new RegExp(
  `(?<![A-Za-z])${LABEL}(?![a-z])(?:[ _-][A-Za-z0-9]{1,24}){0,4}["'\`\\])]{0,3}\\s{0,3}(?:[:=]|=>|:=|\\b(?:is|was|to|ist|lautet|es|est))?\\s{0,3}["'\`(\\\\]{0,3}$`,
  'i',
)
/** Says that what follows is for everybody to see. */
const FOR_ALL =
  /(?:public|hash|sha-?\d{1,3}|md5|checksum|digest|commit|integrity|fingerprint|etag|revision|version|uuid|guid|\bids?|trace|example|placeholder)\W{0,4}(?:\w{1,12}\W{1,3})?$/i
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const DIGEST = /^(?:sha\d{1,3}|md5)-/i

/** Values that look drawn, near a word for what opens a door. */
export const entropy: Detector = {
  name: 'entropy',
  kind: 'secret',
  isUnbroken: true,
  says: 'sixteen characters or more that look drawn by chance (their entropy, no words in them), within a few words of `token`, `secret`, `password`, `signing key` and the like; no UUIDs, and nothing that is called a hash, a commit or an id',
  find(text) {
    return runsOf(text, SHORTEST, IN_VALUE).flatMap(({ start, end }) => {
      const value = text.slice(start, Math.min(end, start + LOOKED_AT))
      const isFound =
        looksDrawn(value) && !isNamed(value) && isLabelled(text.slice(Math.max(0, start - BEFORE), start))
      return isFound ? [{ start, end: behindPadding(text, end) }] : NOTHING
    })
  },
}

/** Base64 may end with one or two of these. */
function behindPadding(text: string, at: number): number {
  let end = at
  while (end - at < 2 && text.charAt(end) === '=') end += 1
  return end
}

function isNamed(value: string): boolean {
  return UUID.test(value) || DIGEST.test(value)
}

function isLabelled(before: string): boolean {
  return LABELLED.test(before) && !FOR_ALL.test(before)
}
