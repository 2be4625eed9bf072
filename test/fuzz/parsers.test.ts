import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseCutObject } from '../../src/kit/cut-json.ts'
import { SSE_FRAMING } from '../../src/kit/framing.ts'
import { JsonScanError } from '../../src/kit/json-bounds.ts'
import { scanJson } from '../../src/kit/json-scan.ts'
import { spliceJson } from '../../src/kit/json-splice.ts'
import { parseJsonInSteps } from '../../src/kit/json-steps.ts'
import { isObject, parseJsonExactly, parseJsonObject, type Json } from '../../src/kit/json.ts'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { validAnswers, validBodies, validStreams } from './canonical-samples.ts'
import { pick } from './damaged-json.ts'
import { damageWire, wireDamages } from './damaged-wire.ts'
import { CODECS } from './every-codec.ts'

/*
 * The parsers that bytes from outside meet first: no byte is lost between frames, however they are cut, and all that look at JSON
 * agree on what it says.
 */

const TEXTS = CODECS.flatMap((codec) =>
  [...validBodies(codec), ...validAnswers(codec)].map((body) => JSON.stringify(body)),
)
const STREAMS = CODECS.flatMap(validStreams)
const CASES = fc.record({
  which: fc.nat(99_999),
  damages: wireDamages,
  cuts: fc.array(fc.nat(9_999), { minLength: 1, maxLength: 6 }),
})

/** The frames of bytes that come in parts, as texts; what is dropped before the first is none of any. */
function framesOf(bytes: Uint8Array, cuts: readonly number[]): readonly string[] {
  const frames: string[] = []
  const framer = SSE_FRAMING.open()
  const places = [
    0,
    ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((one, other) => one - other),
    bytes.length,
  ]
  for (const [index, to] of places.slice(1).entries())
    framer.push(
      bytes.slice(places[index], to),
      ({ bytes: frame }) => void frames.push(Buffer.from(frame).toString('latin1')),
    )
  framer.flush(({ bytes: frame }) => void frames.push(Buffer.from(frame).toString('latin1')))
  return frames
}

const MARK = Buffer.from('\uFEFF').toString('latin1')

test(
  'frames are the same however their bytes are cut, and hold every byte',
  () => {
    for (const { which, damages, cuts } of sample(CASES, 80)) {
      const bytes = damageWire(pick(STREAMS, which) ?? '', damages, SSE_FRAMING)
      const frames = framesOf(bytes, [])
      expect(framesOf(bytes, cuts)).toEqual(frames)
      const all = Buffer.from(bytes).toString('latin1')
      expect(frames.join('')).toBe(all.startsWith(MARK) ? all.slice(MARK.length) : all)
    }
  },
  PATIENCE_MS,
)

const strict = new TextDecoder('utf-8', { fatal: true })

/** What a parser says of bytes: the text of what it read, or nothing where it refuses them. */
function said(read: () => Json | undefined): string | undefined {
  try {
    const value = read()
    return value === undefined ? undefined : JSON.stringify(value)
  } catch (thrown) {
    if (thrown instanceof SyntaxError || thrown instanceof TypeError || thrown instanceof JsonScanError)
      return undefined
    throw thrown
  }
}

function inSteps(bytes: Uint8Array): Json {
  const parsing = parseJsonInSteps(bytes, { pieceBytes: 64, exact: true })
  for (;;) {
    const { done, value } = parsing.next()
    if (done === true) return value
  }
}

/** Complaints about what is thought of bytes that may be JSON. */
function wrongIn(bytes: Uint8Array): string | undefined {
  const whole = said(() => parseJsonExactly(strict.decode(bytes)))
  const stepwise = said(() => inSteps(bytes))
  if (stepwise !== whole) return `in steps it is ${stepwise}, at once ${whole}`
  parseCutObject(new TextDecoder().decode(bytes))
  const scanned = said(() => scanJson(bytes).members.map(({ key }) => key))
  const object = whole === undefined ? undefined : parseJsonObject(whole)
  if (object === undefined || scanned === undefined) return undefined
  // The platform puts names that are numbers first.
  const names = (keys: readonly string[]): string => JSON.stringify(keys.toSorted())
  const scan = scanJson(bytes)
  if (names(scan.members.map(({ key }) => key)) !== names(Object.keys(object)))
    return `its members are ${scanned}`
  for (const { key, valueStart, valueEnd } of scan.members) {
    const value = said(() => parseJsonExactly(strict.decode(bytes.subarray(valueStart, valueEnd))))
    if (value !== said(() => memberOf(whole ?? '', key))) return `'${key}' is ${value}`
  }
  const edited = spliceJson(bytes, [
    { key: 'model', value: '"x"' },
    { key: scan.members[0]?.key ?? '', value: undefined },
  ])
  return said(() => parseJsonExactly(strict.decode(edited))) === undefined
    ? 'it cannot be read when it was edited'
    : undefined
}

function memberOf(text: string, key: string): Json | undefined {
  const value = parseJsonExactly(text)
  return isObject(value) ? value[key] : undefined
}

test(
  'all that look at JSON agree on what it says',
  () => {
    const complaints = new Complaints()
    for (const { which, damages } of sample(CASES, 120)) {
      const bytes = damageWire(pick(TEXTS, which) ?? '', damages, SSE_FRAMING)
      complaints.add(wrongIn(bytes), new TextDecoder().decode(bytes))
    }
    expect(complaints.all).toEqual([])
  },
  PATIENCE_MS,
)

test('of JSON that breaks off anywhere, what is whole can be read', () => {
  const [text = ''] = TEXTS
  for (let to = 0; to < text.length; to += 1) {
    const cut = parseCutObject(text.slice(0, to))
    for (const key of Object.keys(cut ?? {})) expect(text).toContain(JSON.stringify(key))
  }
})
