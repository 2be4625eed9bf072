import { describe, expect, test } from 'bun:test'
import { createKeyedPlaceholders } from '../../src/guardrails/placeholders.ts'
import { OpenRestorable, Restorable, RestoringText, type Spelling } from '../../src/guardrails/restore.ts'
import { createHmacSha256Hex } from '../../src/kit/hash.ts'
import { createSeededRandom } from '../../src/kit/random.ts'
import { PATIENCE_MS } from './budget.ts'

/*
 * However an answer is cut into pieces: it says what it would if nobody had masked anything, and never holds more than may become
 * a placeholder.
 */

const CHUNKINGS = 10_000
const random = createSeededRandom(74)

function below(count: number): number {
  const [high = 0, low = 0] = random.bytes(2)
  return (high * 256 + low) % count
}

function pick<Item>(items: readonly [Item, ...Item[]]): Item {
  return items[below(items.length)] ?? items[0]
}

const VALUES = [
  'ana@example.com',
  'O"Hara \\ <b>',
  '<EMAIL_0000>',
  '😀 Zoë\n',
  '\\u003cx\\u003e',
  '{}',
] as const
const placeholders = createKeyedPlaceholders(createHmacSha256Hex('key'))({ owners: {}, texts: () => [] })
const MASKED = VALUES.map((value) => ({
  value,
  placeholder: placeholders.put({ value, detector: 'email', restore: true }),
}))
const restorable = new Restorable(placeholders.restorable)
/** The same for an answer in which others may stand as well. */
const open = new OpenRestorable(placeholders.restorable, () => undefined)
/** What is held: the beginning of one, or what is called as they are. */
const HELD = /^<(?:E|EM|EMA|EMAI|EMAIL|EMAIL_[0-9A-HJKMNP-TV-Z]{0,57})?$/
const [{ placeholder: KNOWN } = { placeholder: '' }] = MASKED

/** Words that look like placeholders and are none, characters that are two units, and what JSON has to escape. */
const FILLER = [
  ' and ',
  '<',
  '<<',
  '<EMAIL_',
  KNOWN.slice(0, -2),
  `${KNOWN.slice(0, -1)}0>`,
  KNOWN.toLowerCase(),
  '{{<',
  '😀',
  '\uD83D',
  '>',
  '\\',
  '"',
  '\\u003c',
  'é\n',
] as const

/** What the client would be told, and what the provider says in its place. */
function makeText(): { readonly original: string; readonly said: string } {
  let original = ''
  let said = ''
  for (let count = 1 + below(12); count > 0; count -= 1) {
    const { value, placeholder } = MASKED[below(MASKED.length)] ?? { value: '', placeholder: '' }
    const filler = pick(FILLER)
    const isMasked = below(2) === 0
    original += isMasked ? value : filler
    said += isMasked ? placeholder : filler
  }
  return { original, said }
}

function cut(text: string): readonly string[] {
  const most = 1 + below(9)
  const pieces: string[] = []
  for (let at = 0; at < text.length;) {
    const length = below(most + 1)
    pieces.push(text.slice(at, at + length))
    at += length
  }
  return pieces
}

/** As some provider may write it: whatever can be spelled as an escape is, now and then. */
function spell(text: string): string {
  const escape = (character: string): string => {
    if (below(3) !== 0) return character
    const code = character.charCodeAt(0).toString(16).padStart(4, '0')
    return `\\u${below(2) === 0 ? code : code.toUpperCase()}`
  }
  return JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(/\\u[0-9a-f]{4}|\\.|[<>A-Z_0-9]/g, (found) => (found.length === 1 ? escape(found) : found))
}

function tell(said: string, spelling: Spelling): string {
  const text = new RestoringText(pick([restorable, open]), spelling)
  let pushed = 0
  let told = ''
  for (const piece of cut(said)) {
    told += text.push(piece)
    pushed += piece.length
  }
  expect(pushed).toBe(said.length)
  return told + text.end()
}

describe('what is put back', () => {
  test(
    'is what was masked, however a text is cut',
    () => {
      for (let count = 0; count < CHUNKINGS; count += 1) {
        const { original, said } = makeText()
        expect(tell(said, 'plain')).toBe(original)
      }
    },
    PATIENCE_MS,
  )

  test(
    'is what was masked in the arguments of a tool, however they are spelled and cut',
    () => {
      for (let count = 0; count < CHUNKINGS; count += 1) {
        const { original, said } = makeText()
        const told = tell(`{"to":"${spell(said)}","n":9007199254740993}`, 'json')
        expect(JSON.parse(told)).toEqual({ to: original, n: 9007199254740992 })
        expect(told).toEndWith('9007199254740993}')
      }
    },
    PATIENCE_MS,
  )

  test('holds no more than may become a placeholder', () => {
    for (let count = 0; count < 500; count += 1) {
      const { said } = makeText()
      const text = new RestoringText(restorable, 'plain')
      let told = ''
      for (let at = 0; at < said.length; at += 1) {
        told += text.push(said.charAt(at))
        const whole = restorable.restore(said.slice(0, at + 1))
        const held = whole.slice(told.length)
        expect(whole.startsWith(told)).toBe(true)
        if (held !== '') expect(held).toMatch(HELD)
      }
    }
  })

  test('takes no longer than the text is long', () => {
    for (const piece of ['<', '<EMAIL_', '<EMAIL_0000AAAA>', '\\n', '\\u003c'])
      for (const known of [restorable, open]) {
        const long = piece.repeat(100_000)
        const text = new RestoringText(known, 'json')
        expect(text.push(long) + text.end()).toBe(long)
      }
  })
})
