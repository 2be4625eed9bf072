import fc from 'fast-check'
import type { Framing } from '../../src/kit/framing.ts'
import { parseJsonObject } from '../../src/kit/json.ts'
import { damageJson, jsonDamages, pick, type JsonDamage } from './damaged-json.ts'

/** What bad networks and worse servers do to the bytes of an answer, and where. */
interface WireDamage {
  readonly what: (typeof DAMAGES)[number]
  /** At which frame or byte, counted round and round. */
  readonly at: number
  readonly by: number
  /** Done to the JSON of a frame. */
  readonly json: readonly JsonDamage[]
}

const BYTE_DAMAGES = ['cut', 'flip', 'flip', 'drop', 'noise', 'lines', 'rotate'] as const
const FRAME_DAMAGES = [
  'json',
  'json',
  'json',
  'count',
  'count',
  'lose',
  'double',
  'swap',
  'again',
  'strangers',
  'insert',
  'insert',
] as const
const DAMAGES = [...BYTE_DAMAGES, ...FRAME_DAMAGES] as const

/** Damages done to an answer. */
export const wireDamages: fc.Arbitrary<readonly WireDamage[]> = fc.array(
  fc.record({
    what: fc.constantFrom(...DAMAGES),
    at: fc.nat(99_999),
    by: fc.nat(99_999),
    json: jsonDamages,
  }),
  { minLength: 1, maxLength: 3 },
)

/** Counts that nobody can have counted, as JSON text. */
const COUNTS = [
  '-1',
  '1e999',
  '-1e999',
  'NaN',
  '1.5',
  'null',
  '"12"',
  '99999999999999999999',
  '9007199254740993',
  '{}',
  '[]',
  'true',
]

/** Frames that stand in nobody's answer. */
const STRANGERS = [
  '',
  '\n',
  ':\n\n',
  'data:\n\n',
  'data: \n\n',
  'data: null\n\n',
  'data: {}\n\n',
  'data: []\n\n',
  'data: [[]]\n\n',
  'data: 7\n\n',
  'data: "x"\n\n',
  'data: {"type":null}\n\n',
  'data: {"type":"constructor"}\n\n',
  'event: toString\ndata: {"type":"toString"}\n\n',
  'event: error\ndata: {}\n\n',
  'event: error\ndata: not json\n\n',
  'data: [DONE]\n\n',
  'data: {"what":\n\n',
  'data: {"error":null}\n\n',
  'data: {"error":"It broke."}\n\n',
  'data: {"error":{"message":"It broke."}}\n\n',
  'data: {"error":{"type":"constructor","code":"__proto__","message":7}}\n\n',
  'data: {"error":[{"message":{"message":"It broke."}}]}\n\n',
  'data: {"type":"error","error":{"type":"overloaded_error","message":"Busy."}}\n\n',
  'data: {"object":"error","message":"Broke.","code":500}\n\n',
  'data: {"choices":null}\n\n',
  'data: {"choices":[null]}\n\n',
  'data: {"candidates":[{"content":null}]}\n\n',
  'data: {"usage":[]}\n\n',
  '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>\n\n',
  'id: 7\nretry: 1\n\n',
  'data: \0\0\0\n\n',
  '\uFEFFdata: {}\n\n',
  `data: ${'['.repeat(20_000)}\n\n`,
  `data: "${'long '.repeat(20_000)}"\n\n`,
]

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Does damages to the bytes of an answer, one after the other. */
export function damageWire(wire: string, damages: readonly WireDamage[], framing: Framing): Uint8Array {
  let bytes: Uint8Array = encoder.encode(wire)
  for (const damage of damages) bytes = damageOnce(bytes, damage, framing)
  return bytes
}

function damageOnce(bytes: Uint8Array, damage: WireDamage, framing: Framing): Uint8Array {
  const { what, at, by } = damage
  const offset = at % Math.max(1, bytes.length)
  switch (what) {
    case 'cut':
      return bytes.slice(0, offset)
    case 'flip':
      return Uint8Array.from(bytes, (byte, index) => (index === offset ? byte ^ (1 << (by % 8)) : byte))
    case 'drop':
      return join([bytes.slice(0, offset), bytes.slice(offset + 1 + (by % 64))])
    case 'noise':
      return join([bytes.slice(0, offset), Uint8Array.of(0xff, 0xc3, by % 256), bytes.slice(offset)])
    case 'lines':
      return encoder.encode(decoder.decode(bytes).replaceAll('\n', pick(['\r\n', '\r', '\n\n'], by) ?? '\n'))
    case 'rotate':
      return encoder.encode(rotate(decoder.decode(bytes), at, by))
    case 'json':
    case 'count':
    case 'lose':
    case 'double':
    case 'swap':
    case 'again':
    case 'strangers':
    case 'insert':
      return join(damageFrames(framesOf(bytes, framing), { ...damage, what }))
  }
}

interface FrameDamage extends WireDamage {
  readonly what: (typeof FRAME_DAMAGES)[number]
}

function damageFrames(
  frames: readonly Uint8Array[],
  { what, at, by, json }: FrameDamage,
): readonly Uint8Array[] {
  const place = at % Math.max(1, frames.length)
  const [frame = NOTHING, next = NOTHING] = frames.slice(place)
  const instead = (count: number, ...put: readonly (Uint8Array | string)[]): readonly Uint8Array[] => [
    ...frames.slice(0, place),
    ...put.map((bytes) => (typeof bytes === 'string' ? encoder.encode(bytes) : bytes)),
    ...frames.slice(place + count),
  ]
  switch (what) {
    case 'lose':
      return instead(1)
    case 'double':
      return instead(1, frame, frame)
    case 'swap':
      return instead(2, next, frame)
    case 'again':
      return instead(0, pick(frames, by) ?? NOTHING)
    case 'strangers':
      return instead(frames.length, pick(STRANGERS, by) ?? '')
    case 'insert':
      return instead(0, pick(STRANGERS, by) ?? '')
    case 'count':
      return instead(1, recount(decoder.decode(frame), at, pick(COUNTS, by) ?? '0'))
    case 'json':
      return instead(1, damageFrame(decoder.decode(frame), json))
  }
}

const NOTHING = new Uint8Array(0)

/** A frame whose JSON, if it holds any, is damaged. */
function damageFrame(text: string, damages: readonly JsonDamage[]): string {
  const [all, before = '', json = '', behind = ''] = /^([^{]*)(\{.*\})(\s*)$/s.exec(text) ?? []
  const value = all === undefined ? undefined : parseJsonObject(json)
  return value === undefined ? text : before + damageJson(value, damages) + behind
}

/** Another number in the place of one. */
function recount(text: string, at: number, count: string): string {
  const numbers = [...text.matchAll(/(?<=":)-?\d[\d.]*/g)]
  const found = pick(numbers, at)
  return found === undefined
    ? text
    : text.slice(0, found.index) + count + text.slice(found.index + found[0].length)
}

/** The ids or the indexes of an answer, each in the place of the one before. */
function rotate(text: string, at: number, by: number): string {
  const names = [...new Set([...text.matchAll(/"(\w*(?:id|index|Id|Index))":/g)].map(([, name]) => name))]
  const pattern = new RegExp(`("${pick(names, at) ?? 'id'}":)("[^"]*"|\\d+)`, 'g')
  const values = [...text.matchAll(pattern)].map(([, , value = '']) => value)
  let turn = 1 + by
  return text.replace(pattern, (_all, name: string) => name + (pick(values, turn++) ?? '0'))
}

/** The frames of a stream; a whole answer is one. */
function framesOf(bytes: Uint8Array, framing: Framing): readonly Uint8Array[] {
  const frames: Uint8Array[] = []
  const framer = framing.open()
  framer.push(bytes.slice(), (frame) => void frames.push(frame.bytes.slice()))
  framer.flush((frame) => void frames.push(frame.bytes.slice()))
  return frames
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
