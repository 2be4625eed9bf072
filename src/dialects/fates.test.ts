import { describe, expect, test } from 'bun:test'
import type { Message } from '../exchange/collect.ts'
import { explode } from '../exchange/explode.fixture.ts'
import { Failure } from '../exchange/failure.ts'
import { NOTICES, type NoticeCode, type NoticeSink } from '../exchange/notice.ts'
import { CHAT_DIALECTS } from './chat-dialects.fixture.ts'
import { speakChat } from './speak-chat.fixture.ts'
import type { Dialect } from './dialect.ts'
import { ANSWER_PARTS, MARK, REQUEST_PARTS, sampleAnswer, sampleRequest } from './fate-samples.fixture.ts'
import { CHAT_FATES } from './all-fates.fixture.ts'
import {
  byFamily,
  requestFates,
  type ChatFates,
  type PartFate,
  type PartFateByFamily,
  type RequestPart,
} from './fates.fixture.ts'

/** What became of a part: the notices it left, or `refused`, and what was written. */
interface Outcome {
  readonly notices: readonly string[]
  readonly written: string
}

function encodeRequest(dialect: Dialect, part: RequestPart, family: string): Outcome {
  const codes = new Set<string>()
  const notice: NoticeSink = (code) => void codes.add(code)
  const context = { model: 'm', capabilities: {}, quirks: {}, headers: {}, notice }
  try {
    const { body } = speakChat(dialect).encodeRequest(sampleRequest(part, family), context)
    return { notices: [...codes].sort(), written: body }
  } catch (thrown) {
    if (thrown instanceof Failure) return { notices: ['refused'], written: '' }
    throw thrown
  }
}

function encodeAnswer(dialect: Dialect, message: Message, mode: 'unary' | 'stream'): Outcome {
  const codes = new Set<string>()
  const encoder = speakChat(dialect).encodeResponse({
    request: { operation: 'chat', model: 'm', turns: [], stream: mode === 'stream', wantsUsage: true },
    requestId: 'req_1',
    model: 'm',
    createdMs: 0,
    estimatedInputTokens: 0,
    notice: (code) => void codes.add(code),
  })
  const written =
    mode === 'unary'
      ? JSON.stringify(encoder.unary(message))
      : explode(message)
          .map((event) => encoder.event(event))
          .join('')
  return { notices: [...codes].sort(), written }
}

/** The notices that a fate leaves. */
function noticesOf(fate: PartFate): readonly string[] {
  if (typeof fate !== 'string') return fate
  return fate === 'refused' || isNotice(fate) ? [fate] : []
}

function isNotice(fate: string): fate is NoticeCode {
  return fate in NOTICES
}

/** Proofs travel as base64 where clients take them for bytes. */
function withBase64Read(written: string): string {
  return written.replaceAll(/"([A-Za-z\d+/]{24,}={0,2})"/g, (_text, base64: string) => atob(base64))
}

function isKept(fate: PartFate): boolean {
  return fate === 'kept' || fate === 'otherwise'
}

/** Each part as said by the dialect's own family and by another, with its fate. */
function rowsOf<Part extends string>(
  { family }: Dialect,
  parts: readonly Part[],
  fates: ReadonlyMap<string, PartFate | PartFateByFamily>,
): { readonly part: Part; readonly whose: string; readonly family: string; readonly fate: PartFate }[] {
  return parts.flatMap((part) => {
    const fate = fates.get(part)
    if (fate === undefined) throw new Error(`nothing is said of ${part}`)
    const { own, foreign } = byFamily(fate)
    return [
      { part, whose: 'own', family, fate: own },
      { part, whose: 'foreign', family: 'elsewhere', fate: foreign },
    ]
  })
}

/** What is said of the dialect. */
function fatesOf({ name }: Dialect): ChatFates {
  const fates = CHAT_FATES.get(name)
  if (fates === undefined) throw new Error(`there are no fates for ${name}`)
  return fates
}

describe.each(CHAT_DIALECTS.map((dialect) => ({ name: dialect.name, dialect })))('$name', ({ dialect }) => {
  test.each(rowsOf(dialect, REQUEST_PARTS, requestFates(fatesOf(dialect))))(
    'what becomes of $part in a request ($whose): $fate',
    ({ part, family, fate }) => {
      const { notices, written } = encodeRequest(dialect, part, family)
      expect(notices).toEqual([...noticesOf(fate)])
      if (isKept(fate) && JSON.stringify(sampleRequest(part, family)).includes(MARK))
        expect(written).toContain(MARK)
    },
  )

  test.each(rowsOf(dialect, ANSWER_PARTS, new Map(Object.entries(fatesOf(dialect).answer))))(
    'what becomes of $part in an answer ($whose), streamed or not: $fate',
    ({ part, family, fate }) => {
      const message = sampleAnswer(part, family)
      const unary = encodeAnswer(dialect, message, 'unary')
      expect(unary.notices).toEqual([...noticesOf(fate)])
      expect(encodeAnswer(dialect, message, 'stream').notices).toEqual([...unary.notices])
      if (isKept(fate) && JSON.stringify(message).includes(MARK))
        expect(withBase64Read(unary.written)).toContain(MARK)
    },
  )
})
