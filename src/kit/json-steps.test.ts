import { expect, test } from 'bun:test'
import { parseJsonExactly, type Json } from './json.ts'
import { parseJsonInSteps } from './json-steps.ts'

const encoder = new TextEncoder()

/** Parses in pieces of some bytes, so that short texts are taken apart. */
function parse(
  text: string | Uint8Array,
  pieceBytes: number,
): { readonly value: Json; readonly steps: number } {
  const bytes = typeof text === 'string' ? encoder.encode(text) : text
  const parsing = parseJsonInSteps(bytes, { pieceBytes, exact: true })
  for (let steps = 1; ; steps += 1) {
    const { done, value } = parsing.next()
    if (done === true) return { value, steps }
  }
}

/** What a parser makes of a text: written again, or that it is refused. */
function outcomeOf(read: () => Json): string {
  try {
    return JSON.stringify(read())
  } catch (error) {
    return error instanceof SyntaxError ? 'refused' : String(error)
  }
}

const TEXTS = [
  '{"model":"m","messages":[{"role":"user","content":"a long text of some words"},{"role":"user","content":"b"}]}',
  String.raw`{"a":"\\\\\\\\\\\\\"\"\"\"\n\u00e9\ud83d\ude00\\u00e9\\\u00e9\\","b":["\ud83d","\ude00"]}`,
  '{"grün":"Grüße aus Köln – 世界 😀😀😀 \ufeff und \ufeff"}',
  ' [ [ ] , { } , [ [ [ 1 , 2 ] , 3 ] ] , "" , "x" , null , true , -1.50 , 12345678901234567890 ] ',
  '{"__proto__":{"polluted":"yes, at some length"},"constructor":1,"a":1,"b":2,"a":"the last one counts, again"}',
  '{"a very long name of a member":"and its value","b":{"another quite long name":[1,2,3,4,5,6,7,8,9]}}',
  '{"2":"two","1":"one","a":"and some more","0":"zero"}',
  '"just a text that is cut into pieces"',
  '{"n":[123456789012345678901234567890,1e400,0.1,1.0,5e3,100000000000000000000000001]}',
  '{                                        "a"                   :                  1                }',
]

test('what is parsed in steps is what is parsed at once, wherever it is cut', () => {
  for (const text of TEXTS) {
    const whole = outcomeOf(() => parseJsonExactly(text))
    for (let pieceBytes = 8; pieceBytes < 80; pieceBytes += 1)
      expect(outcomeOf(() => parse(text, pieceBytes).value)).toBe(whole)
  }
})

/** The text with one of its characters replaced, for each of them. */
function* broken(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) {
    for (const odd of [',', '"', '\\', ']', '}', '[', '{', ':', ' ', '\n', '0', 'x', '\u0000'])
      yield (text.slice(0, at) + odd + text.slice(at + 1)).toWellFormed()
  }
}

test('what is no JSON at once is none in steps, and nothing else is refused', () => {
  for (const text of TEXTS.flatMap((whole) => [...broken(whole.slice(0, 90))])) {
    const whole = outcomeOf(() => parseJsonExactly(text))
    const stepwise = [8, 19, 50].map((pieceBytes) => outcomeOf(() => parse(text, pieceBytes).value))
    expect([text, ...stepwise]).toEqual([text, whole, whole, whole])
  }
})

test('what is broken in a long body is found in whichever piece it stands', () => {
  for (const text of ['[1,2,3,,4,5,6,7,8,9,10,11]', '[1,2,3,4,5,6,7,8,9,10,]', '{"a":"0123456789",,"b":1}'])
    expect(outcomeOf(() => parse(text, 8).value)).toBe('refused')
  for (const bad of ['[{"a":"long enough to be large"]]', '{"a":"long enough to be large"]'])
    expect(outcomeOf(() => parse(bad, 8).value)).toBe('refused')
  const cutCharacter = encoder
    .encode('{"a":"aaaaaaaaaaaaaaaaaaaaaé and more"}')
    .filter((byte) => byte !== 0xa9)
  for (let pieceBytes = 8; pieceBytes < 40; pieceBytes += 1)
    expect(() => parse(cutCharacter, pieceBytes)).toThrow(TypeError)
})

test('a step reads no more than some pieces, whatever the text is made of', () => {
  const pieceBytes = 1000
  const bodies = {
    'one text': JSON.stringify({ a: 'x'.repeat(200_000) }),
    'one text of escapes': JSON.stringify({ a: '"\\'.repeat(50_000) }),
    'many small values': JSON.stringify(Array.from({ length: 20_000 }, (_, index) => [index])),
    'many members': JSON.stringify(
      Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])),
    ),
    deep: `${'[1,'.repeat(100)}"${'y'.repeat(200_000)}"${']'.repeat(100)}`,
  }
  for (const [name, text] of Object.entries(bodies)) {
    const { steps, value } = parse(text, pieceBytes)
    expect({ name, isSame: JSON.stringify(value) === text }).toEqual({ name, isSame: true })
    expect(steps).toBeGreaterThan(text.length / pieceBytes)
  }
})
