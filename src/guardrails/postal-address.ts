import { isWordAt, NOTHING, type Detector, type Span } from './detector.ts'

const REACH = 200
const STREET_BEFORE = 64
const MOST_DIGITS = 5

/** Towns as they stand behind a postcode. */
const TOWN = String.raw`\p{Lu}[\p{L}.'’-]{1,30}(?: (?:\p{Lu}|am |an |de |la |le |den |der |del |in |sur |upon |aan )[\p{L}.'’-]{0,30}){0,3}`
/** Postcode and town, or town and postcode, behind a street: the continent, the Netherlands, the United States, the United Kingdom. */
const PLACE = String.raw`(?:,?\s{1,2}(?:(?:[A-Z]{1,2}-)?\d{5} ${TOWN}|\d{4} ?[A-Z]{2},? ${TOWN}|${TOWN},? [A-Z]{2},? \d{5}(?:-\d{4})?|${TOWN},? [A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}))?`
const UNIT = String.raw`(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|#)\.? ?[\w-]{1,6})?`

/** From the number on, as in English and French. */
const ENGLISH = new RegExp(
  String.raw`\d{1,5}[A-Za-z]?(?:-\d{1,4})?,? (?:[NSEW]\.? )?(?:(?:\p{Lu}[\p{L}'’.-]{0,24}|\d{1,3}(?:st|nd|rd|th)) ){1,4}(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Square|Sq|Parkway|Pkwy|Circle|Cir|Highway|Hwy|Crescent|Close|Gardens|Row|Mews)(?![\p{L}\d])\.?${UNIT}${PLACE}`,
  'uy',
)
const FRENCH = new RegExp(
  String.raw`\d{1,4}(?: ?(?:bis|ter|quater))?,? (?:[Rr]ue|[Aa]venue|[Aa]v\.|[Bb]oulevard|[Bb]d|[Pp]lace|[Cc]hemin|[Aa]llée|[Ii]mpasse|[Qq]uai|[Cc]ours|[Ss]quare|[Rr]oute|[Pp]assage) (?:(?:de la|de l['’]|de|du|des|la|le|les|aux?) |\p{Lu}[\p{L}'’.-]{0,24} ){0,5}(?:de l['’]|[dl]['’])?\p{Lu}[\p{L}'’-]{1,24}${PLACE}`,
  'uy',
)
/** Before the number, as in German and Dutch, and in Spanish, Italian and Portuguese. */
const GERMANIC =
  /(?:(?:\p{Lu}[\p{L}.-]{0,24} ){0,2}\p{Lu}[\p{L}.-]{2,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer|chaussee|straat|laan|plein|gracht|kade|singel)|(?!D(?:er|ie|as|em|en) |Ein |Kein )\p{Lu}[\p{L}.-]{2,24} (?:Straße|Str\.|Weg|Platz|Allee|Ring|Damm|Ufer)) $/u
const ROMANCE =
  /(?<!\p{L})(?:Calle|C\/|Avenida|Avda\.?|Av\.|Plaza|Paseo|Carrer|Camino|Via|Viale|Piazza|Piazzale|Corso|Largo|Vicolo|Rua|Travessa|Praça|Rúa) ?(?:[\p{L}.'’-]{1,24} ){0,4}[\p{L}.'’-]{2,24},? (?:n[.ºo°]{0,2} ?)?$/u
const NUMBER = new RegExp(
  String.raw`\d{1,4} ?[a-zA-Z]?(?![\p{L}\d])(?:[-/]\d{1,3}[a-z]?)?${UNIT}${PLACE}`,
  'uy',
)

/** Postal addresses, by the number of a house and the street before or behind it. */
export const postalAddress: Detector = {
  name: 'postal-address',
  kind: 'personal',
  says: 'number and street as they are written in the United States, the United Kingdom, Germany, France, Spain, Italy and the Netherlands, with postcode and town where they follow; without a street that is called one, none is found',
  reach: REACH,
  find(text) {
    let spans: Span[] | undefined
    for (let at = nextNumber(text, 0); at >= 0; at = nextNumber(text, at)) {
      const span = addressAt(text, at)
      if (span !== undefined) (spans ??= []).push(span)
      at = Math.max(span?.end ?? 0, endOfDigits(text, at))
    }
    return spans ?? NOTHING
  },
}

/** Where the next number begins that may be that of a house. */
function nextNumber(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (!isDigitAt(text, at)) continue
    const end = endOfDigits(text, at)
    if (end - at <= MOST_DIGITS && !isWordAt(text, at - 1) && !/[.,:/-]/.test(text.charAt(at - 1))) return at
    at = end
  }
  return -1
}

function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

function endOfDigits(text: string, from: number): number {
  let end = from
  while (isDigitAt(text, end)) end += 1
  return end
}

function addressAt(text: string, at: number): Span | undefined {
  const end = englishAt(text, at) ?? endOf(FRENCH, text, at)
  if (end !== undefined) return { start: at, end }
  if (text.charAt(at - 1) !== ' ') return undefined
  const from = Math.max(0, at - STREET_BEFORE)
  const before = text.slice(from, at)
  const street = GERMANIC.exec(before) ?? ROMANCE.exec(before)
  const numberEnd = street === null ? undefined : endOf(NUMBER, text, at)
  if (street === null || numberEnd === undefined) return undefined
  const lead = street[0].length - street[0].trimStart().length
  return { start: from + street.index + lead, end: numberEnd }
}

/** Behind these, a number is no house. */
const COUNTED = /\b(?:chapter|room|section|figure|page|no|version|in|since|floor|windows|apollo|route)\.? $/i
const GOES_ON = /^ (?:to\b|Thru\b|\p{Lu}\p{L}*)/u

function englishAt(text: string, at: number): number | undefined {
  const end = endOf(ENGLISH, text, at)
  if (end === undefined || COUNTED.test(text.slice(Math.max(0, at - 12), at))) return undefined
  return GOES_ON.test(text.slice(end, end + 24)) ? undefined : end
}

function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  const sticky = pattern
  sticky.lastIndex = at
  const match = sticky.exec(text)
  return match === null ? undefined : at + match[0].length
}
