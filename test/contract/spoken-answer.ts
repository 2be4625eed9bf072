import type { ChatEvent, ChatSink } from '../../src/exchange/chat-content.ts'
import type { ChatRequest } from '../../src/exchange/chat.ts'
import { collect } from '../../src/exchange/collect.ts'
import { isChatEvent } from '../../src/exchange/is-chat-event.fixture.ts'
import type { SpokenChat } from '../../src/dialects/speak-chat.fixture.ts'
import { TextRepeats } from '../../src/dialects/text-repeats.ts'
import { parseJsonObjectExactly, type JsonObject } from '../../src/kit/json.ts'
import { createSseFramer, type SseFrame } from '../../src/kit/sse.ts'
import { MOST_CHOICES } from '../arbitraries/answers.ts'

const REQUEST: ChatRequest = {
  operation: 'chat',
  model: 'm',
  turns: [],
  stream: true,
  wantsUsage: true,
  choices: MOST_CHOICES,
}

interface Written {
  readonly wire: string
  readonly notices: ReadonlySet<string>
}

/** An answer as a stream for clients, and the codes of the notices that were given. */
export function write(spoken: SpokenChat, events: readonly ChatEvent[]): Written {
  const notices = new Set<string>()
  const encoder = spoken.encodeResponse(writing(notices))
  return { wire: events.map((event) => encoder.event(event)).join(''), notices }
}

/** The same in one piece. */
export function writeWhole(
  spoken: SpokenChat,
  events: readonly ChatEvent[],
): { readonly body: JsonObject; readonly notices: ReadonlySet<string> } {
  const notices = new Set<string>()
  const body = JSON.stringify(spoken.encodeResponse(writing(notices)).unary(collect(events)))
  return { body: parseJsonObjectExactly(body) ?? {}, notices }
}

function writing(notices: Set<string>) {
  return {
    request: REQUEST,
    requestId: 'req_1',
    model: 'm',
    createdMs: 0,
    estimatedInputTokens: 1,
    notice: (code: string) => void notices.add(code),
  }
}

/** What is told of a stream, its bytes cut at the places given, as the house reads it: frames that repeat are not decoded. */
export function read(spoken: SpokenChat, wire: string, cuts: readonly number[] = []): readonly ChatEvent[] {
  const events: ChatEvent[] = []
  const sink: ChatSink = (event) => void events.push(event)
  const decoder = spoken.decodeResponse({ request: REQUEST, quirks: {} })
  const repeats = new TextRepeats(decoder)
  frames(wire, cuts, (frame) => repeats.frame(frame, (event) => isChatEvent(event) && sink(event)))
  decoder.close(sink)
  return events
}

/** What is told of a stream whose every frame is decoded. */
export function decode(spoken: SpokenChat, wire: string): readonly ChatEvent[] {
  const events: ChatEvent[] = []
  const decoder = spoken.decodeResponse({ request: REQUEST, quirks: {} })
  frames(wire, [], (frame) => decoder.frame(frame, (event) => void events.push(event)))
  decoder.close((event) => void events.push(event))
  return events
}

/** What is told of an answer in one piece. */
export function readWhole(spoken: SpokenChat, body: JsonObject): readonly ChatEvent[] {
  const events: ChatEvent[] = []
  spoken.decodeResponse({ request: REQUEST, quirks: {} }).unary(body, (event) => void events.push(event))
  return events
}

/** What the tap of the native lane tells of a stream, and what it shows of it. */
export function tap(
  spoken: SpokenChat,
  wire: string,
): { readonly events: readonly ChatEvent[]; readonly shown: string } {
  const events: ChatEvent[] = []
  const sink: ChatSink = (event) => void events.push(event)
  const reader = spoken.tapResponse({ request: REQUEST, quirks: {} })
  let shown = ''
  frames(wire, [], (frame) => {
    if (reader.frame(frame, sink) === 'show') shown += new TextDecoder().decode(frame.bytes)
  })
  reader.close(sink)
  return { events, shown }
}

function frames(wire: string, cuts: readonly number[], onFrame: (frame: SseFrame) => void): void {
  const framer = createSseFramer()
  const bytes = new TextEncoder().encode(wire)
  const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((left, right) => left - right)
  let from = 0
  for (const to of [...places, bytes.length]) {
    framer.push(bytes.slice(from, to), onFrame)
    from = to
  }
  framer.flush(onFrame)
}
