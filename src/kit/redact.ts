/** What stands in the place of a secret. */
export const REDACTED = '[redacted]'

/** What is shorter is no secret: the placeholders of servers that want some key or other. */
const SHORTEST_SECRET = 8
/** A run of so many characters of a secret gives it away; chance does not make one. */
const RUN_CHARACTERS = 12
/** Texts are looked into at every such place, and by so many characters, so that no run of the above is missed. */
const STEP = RUN_CHARACTERS / 2
/** Around the middle that a vendor left out, fewer characters tell what it is. */
const EDGE_CHARACTERS = 3
/** How vendors write that something is left out. */
const LEFT_OUT = /\*{2,}|\.{3,}|…+|•{2,}|[xX]{4,}|#{3,}/g

/** Where a form of a secret can be recognised: the form, and where in it the characters stand. */
interface Place {
  readonly form: string
  readonly at: number
}

/**
 * Creates what takes secrets out of a text: whole, in part, percent- or base64-encoded or in hexadecimal, or with the middle
 * left out as vendors do. For texts of others that may quote them.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const long = secrets.filter((secret) => secret.length >= SHORTEST_SECRET)
  const forms = long.flatMap(formsOf)
  const places = indexOf(forms)
  return (text) => {
    let clean = text
    for (const form of forms) clean = clean.replaceAll(form, REDACTED)
    clean = withoutRuns(clean, places)
    for (const secret of long) clean = withoutEdges(clean, secret)
    return clean
  }
}

/** A secret in the ways in which it may be quoted. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  const forms = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    secret.replaceAll('/', String.raw`\/`),
    encodeURIComponent(secret),
    bytes.toString('hex'),
    ...[0, 1, 2].flatMap((offset) => base64Forms(bytes, offset)),
  ]
  return [...new Set(forms)].filter((form) => form.length >= SHORTEST_SECRET)
}

/** The characters of base64 that say only what the bytes are, when `offset` bytes (modulo 3) stand before them. */
function base64Forms(bytes: Buffer, offset: number): string[] {
  const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64url')
  const shared = (offset + bytes.length) % 3 === 0 ? 0 : 1
  const core = encoded.slice(Math.ceil((offset * 8) / 6), encoded.length - shared)
  return [core, core.replaceAll('-', '+').replaceAll('_', '/')]
}

function indexOf(forms: readonly string[]): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>()
  for (const form of forms) {
    for (let at = 0; at + STEP <= form.length; at += 1) {
      const key = form.slice(at, at + STEP)
      const known = places.get(key)
      if (known === undefined) places.set(key, [{ form, at }])
      else known.push({ form, at })
    }
  }
  return places
}

function withoutRuns(text: string, places: ReadonlyMap<string, readonly Place[]>): string {
  let clean = ''
  let from = 0
  for (let at = 0; at + STEP <= text.length; at += STEP) {
    for (const place of places.get(text.slice(at, at + STEP)) ?? []) {
      const { start, end } = extend(text, at, place)
      if (end - start < RUN_CHARACTERS || start < from) continue
      clean += text.slice(from, start) + REDACTED
      from = end
      at = end - STEP
      break
    }
  }
  return from === 0 ? text : clean + text.slice(from)
}

/** How far text and form agree around a place. */
function extend(text: string, textAt: number, { form, at }: Place): { start: number; end: number } {
  let start = textAt
  for (let left = at; left > 0 && start > 0 && form[left - 1] === text[start - 1]; left -= 1) start -= 1
  let end = textAt
  for (let right = at; right < form.length && end < text.length && form[right] === text[end]; right += 1)
    end += 1
  return { start, end }
}

/** Takes out what stands around a left-out middle and belongs to the secret, and the mark between. */
function withoutEdges(text: string, secret: string): string {
  let clean = ''
  let from = 0
  for (const match of text.matchAll(LEFT_OUT)) {
    const end = match.index + match[0].length
    const left = edgeLength(match.index - from, (length) =>
      secret.includes(text.slice(match.index - length, match.index)),
    )
    const right = edgeLength(text.length - end, (length) => secret.includes(text.slice(end, end + length)))
    if (left === 0 && right === 0) continue
    clean += text.slice(from, match.index - left) + REDACTED
    from = end + right
  }
  return from === 0 ? text : clean + text.slice(from)
}

/** The most characters, at least `EDGE_CHARACTERS`, that belong to the secret; fewer are nobody's. */
function edgeLength(available: number, belongs: (length: number) => boolean): number {
  let length = EDGE_CHARACTERS
  if (available < length || !belongs(length)) return 0
  while (length < available && belongs(length + 1)) length += 1
  return length
}
