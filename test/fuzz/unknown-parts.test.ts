import { expect, test } from 'bun:test'
import { CHAT_DIALECTS } from '../../src/dialects/chat-dialects.fixture.ts'
import type { Dialect } from '../../src/dialects/dialect.ts'
import { speakChat } from '../../src/dialects/speak-chat.fixture.ts'
import type { ChatRequest } from '../../src/exchange/chat.ts'
import { Failure } from '../../src/exchange/failure.ts'
import { isArray, isObject, parseJsonObject, type Json, type JsonObject } from '../../src/kit/json.ts'
import { TARGET } from './every-codec.ts'

/*
 * Parts that no dialect knows, wherever content stands: a target of another family is never sent them, and its client is told which
 * they are and where they stand.
 */

const PLACES = ['system', 'user', 'assistant', 'result'] as const
/** As dialects write parts: with a type, or by the member that they hold. */
const NOVEL = [{ type: 'hologram', hologram: { beam: 7 } }, { hologram: { beam: 7 } }] as const

const said = (place: (typeof PLACES)[number]) => ({ type: 'text', text: `TEXT-${place}` }) as const

/** A conversation that says something in every place. */
const CHAT: ChatRequest = {
  operation: 'chat',
  model: 'm',
  stream: false,
  wantsUsage: false,
  maxOutputTokens: 9,
  turns: [
    { role: 'system', blocks: [said('system')] },
    { role: 'user', blocks: [said('user'), { type: 'text', text: 'b' }] },
    {
      role: 'assistant',
      blocks: [
        said('assistant'),
        { type: 'tool-call', id: 'call_1', name: 'f', arguments: '{}', form: 'json' },
      ],
    },
    {
      role: 'user',
      blocks: [{ type: 'tool-result', callId: 'call_1', isError: false, blocks: [said('result')] }],
    },
  ],
}

/** The body with the unknown part where a text stands, among parts or as the whole of some content. */
function withNovel(value: Json, text: string, novel: JsonObject): Json {
  if (isArray(value))
    return value.map((part) =>
      isObject(part) && part['text'] === text ? novel : withNovel(part, text, novel),
    )
  if (!isObject(value)) return value
  const changed = Object.entries(value).map(([key, member = null]) => [
    key,
    member === text ? [novel] : withNovel(member, text, novel),
  ])
  return parseJsonObject(JSON.stringify(Object.fromEntries(changed))) ?? value
}

/** What a provider is sent, or why its client is refused. */
function outcome(body: JsonObject, client: Dialect, target: Dialect): string {
  const { decodeRequest, encodeFailure } = speakChat(client)
  try {
    return speakChat(target).encodeRequest(decodeRequest(body).request, TARGET).body
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    return String(encodeFailure(thrown, { requestId: 'r', attempts: [] }).body)
  }
}

const PAIRS = CHAT_DIALECTS.flatMap((client) =>
  CHAT_DIALECTS.filter((target) => target !== client).map(
    (target) => [client.name, target.name, client, target] as const,
  ),
)

test.each(PAIRS)(
  'from %s to %s, unknown content is refused by its name, or told',
  (_, _name, client, target) => {
    const body = parseJsonObject(speakChat(client).encodeRequest(CHAT, TARGET).body) ?? {}
    let refused = 0
    for (const novel of NOVEL) {
      for (const place of PLACES) {
        const changed = withNovel(body, said(place).text, novel)
        expect(JSON.stringify(changed)).not.toContain(said(place).text)
        const result = outcome(isObject(changed) ? changed : {}, client, target)
        // A field that holds nothing but a text is refused as such; a part without a type is none where all have one.
        if (/must be a string|: Field required|: Input should be|is required/.test(result)) continue
        expect(result).toContain('hologram')
        if (result.includes('cannot be sent content of type \\"hologram\\"')) refused += 1
      }
    }
    // What stands among parts, with the user and in an answer, is content in every dialect.
    expect(refused).toBeGreaterThanOrEqual(2)
  },
)
