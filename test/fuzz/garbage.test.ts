import { afterAll, beforeAll, expect, test } from 'bun:test'
import fc from 'fast-check'
import { isSemantic } from '../../src/exchange/event.ts'
import {
  openRawUpstream,
  RAW_LAST_CHUNK,
  RAW_STREAM,
  rawAnswer,
  type RawCall,
  type RawUpstream,
} from '../../src/kit/raw-upstream.fixture.ts'
import { createTickingClock } from '../../src/kit/ticking-clock.fixture.ts'
import { ask, type Answer } from '../journeys/asking.ts'
import { openHouse, providerEntry, type House } from '../journeys/open-house.ts'
import { CLIENT_DIALECTS, MODES, type ClientDialect, type Mode } from '../modes.ts'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { validAnswers, validStreams } from './canonical-samples.ts'
import { pick } from './damaged-json.ts'
import { damageWire, wireDamages } from './damaged-wire.ts'
import { CODECS } from './every-codec.ts'
import { readTranslated, type Told } from './handle-answer.ts'

/*
 * What a provider gets wrong, through a whole house: it is made good by the next target, or told once where something was said before.
 */

const FREE = { price: { input: 0, output: 0 } }
const AT_ONCE = 16
const QUESTION = 'What is good?'

/** A damaged answer of a provider, and who asked for it. */
interface Garbage {
  readonly spoken: ClientDialect
  readonly dialect: ClientDialect
  readonly mode: Mode
  readonly which: number
  readonly damages: Parameters<typeof damageWire>[1]
}

const GARBAGE: readonly Garbage[] = sample(
  fc.record({
    spoken: fc.constantFrom(...CLIENT_DIALECTS),
    dialect: fc.constantFrom(...CLIENT_DIALECTS),
    mode: fc.constantFrom(...MODES),
    which: fc.nat(9_999),
    damages: wireDamages,
  }),
  32,
)

function codecOf(spoken: ClientDialect): (typeof CODECS)[number] {
  const found = CODECS.find(({ dialect, operation }) => dialect.name === spoken && operation === 'chat')
  if (found === undefined) throw new RangeError(spoken)
  return found
}

/** The bytes that a provider answers with. */
function bytesOf({ spoken, mode, which, damages }: Garbage): Uint8Array {
  const codec = codecOf(spoken)
  const wires =
    mode === 'stream' ? validStreams(codec) : validAnswers(codec).map((answer) => JSON.stringify(answer))
  return damageWire(pick(wires, which) ?? '', damages, codec.dialect.framing)
}

function play(call: RawCall): void {
  const numbered = /"m(\d+)"|models\/m(\d+)/.exec(call.head + call.body)
  const garbage = GARBAGE[Number(numbered?.[1] ?? numbered?.[2])]
  if (garbage === undefined) return call.reset()
  const bytes = bytesOf(garbage)
  if (garbage.mode === 'unary') {
    const headers = { 'content-type': 'application/json', 'content-length': bytes.length }
    return call.write(Buffer.concat([Buffer.from(rawAnswer('', headers)), bytes]))
  }
  call.write(RAW_STREAM)
  if (bytes.length > 0)
    call.write(Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]))
  call.write(RAW_LAST_CHUNK)
}

const clock = createTickingClock(50)
let house: House
let upstream: RawUpstream

beforeAll(async () => {
  upstream = await openRawUpstream(play)
  house = await openHouse({
    clock,
    config: {
      models: { 'good/echo': FREE },
      routes: Object.fromEntries(GARBAGE.map((_, at) => [`r${at}`, [`bad${at}/m${at}`, 'good/echo']])),
    },
    providers: (url) => ({
      good: providerEntry(url, { dialects: ['openai-chat'] }),
      ...Object.fromEntries(
        GARBAGE.map(({ spoken }, at) => [`bad${at}`, providerEntry(upstream.url, { dialects: [spoken] })]),
      ),
    }),
  })
  clock.start()
}, PATIENCE_MS)
afterAll(async () => {
  await house.close()
  clock.stop()
  await upstream.close()
}, PATIENCE_MS)

/** What is wrong with what a client got of garbage before a good target. Bytes that pass may be anything but refused. */
function wrongOutcome(answer: Answer, told: Told | undefined, isNative: boolean): string | undefined {
  const last = told?.at(-1)
  const failure = last?.type === 'failure' ? last.failure : undefined
  if (answer.status !== 200) {
    const isFinal = failure?.row.failOver === 'no' && answer.error !== undefined
    return isFinal ? undefined : `refused with ${answer.status}: ${answer.wire}`
  }
  if (isNative) return undefined
  return wrongWords(answer, told?.some(isSemantic) === true, told === undefined || failure !== undefined)
}

function wrongWords(answer: Answer, hasSpoken: boolean, isBroken: boolean): string | undefined {
  const { complete, ends, text, wire } = answer
  if (ends !== 1) return `${ends} ends: ${wire}`
  if (!complete) return hasSpoken ? undefined : `an error before anything was said: ${wire}`
  return isBroken && !hasSpoken && text !== QUESTION ? `not the good answer: ${wire}` : undefined
}

test(
  'whatever a provider sends, its client gets a whole answer, or one error where something was said before',
  async () => {
    const complaints = new Complaints()
    const meet = async (garbage: Garbage, at: number): Promise<void> => {
      const { spoken, dialect, mode } = garbage
      const bytes = bytesOf(garbage)
      const told = readTranslated(codecOf(spoken), { bytes, form: mode === 'stream' ? 'stream' : 'whole' })
      const question = { dialect, mode, model: `r${at}`, key: house.key(), text: QUESTION }
      const wrong = await ask(house.url, question).then(
        (answer) => wrongOutcome(answer, told, spoken === dialect),
        String,
      )
      complaints.add(wrong && `${spoken} to ${dialect}, ${mode}: ${wrong}`, new TextDecoder().decode(bytes))
    }
    for (let start = 0; start < GARBAGE.length; start += AT_ONCE) {
      await Promise.all(
        GARBAGE.slice(start, start + AT_ONCE).map((garbage, offset) => meet(garbage, start + offset)),
      )
      // To try elsewhere is rationed, ten times a second.
      clock.advance(2_000)
    }
    expect(complaints.all).toEqual([])
    expect(upstream.calls.length).toBeGreaterThanOrEqual(GARBAGE.length)
  },
  PATIENCE_MS,
)
