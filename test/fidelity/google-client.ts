import {
  GoogleGenAI,
  type Content,
  type GenerateContentParameters,
  type GenerateContentResponse,
  type Part,
} from '@google/genai'
import type { Json } from '../../src/kit/json.ts'
import {
  inlineOf,
  type Client,
  type Connection,
  type Reply,
  type SaidFile,
  type Talk,
  type TalkSettings,
} from './talk.ts'
import { createWireRecord, type WireRecord } from './wire-record.ts'

/** The official Google SDK. */
export const googleClient: Client = {
  name: 'google',
  dialect: 'gemini',
  finishes: {
    stop: 'STOP',
    'stop-sequence': 'STOP',
    length: 'MAX_TOKENS',
    'tool-calls': 'STOP',
    refusal: 'SAFETY',
  },
  stops: true,
  imageUrls: true,
  namesDocuments: false,
  reasoning: 'signed',
  open: openTalk,
}

/** The SDK itself, which does not retry by itself. */
export function createGoogle({ url, key }: Connection, wire: WireRecord = createWireRecord()): GoogleGenAI {
  return new GoogleGenAI({ apiKey: key, httpOptions: { baseUrl: url, fetch: wire.fetch } })
}

/** A name as it stands in a path: the SDK refuses what it does not encode. */
export function inPath(model: string): string {
  return model.replaceAll('?', '%3F').replaceAll('&', '%26')
}

function openTalk(connection: Connection, settings: TalkSettings): Talk {
  const wire = createWireRecord()
  const sdk = createGoogle(connection, wire)
  const contents: Content[] = []
  const send = async (change: Partial<TalkSettings> = {}): Promise<Reply> => {
    const now = { ...settings, ...change }
    const params = toParams(now, contents)
    const pieces: GenerateContentResponse[] = []
    if (now.mode === 'stream')
      for await (const piece of await sdk.models.generateContentStream(params)) pieces.push(piece)
    else pieces.push(await sdk.models.generateContent(params))
    const parts = pieces.flatMap((piece) => piece.candidates?.[0]?.content?.parts ?? [])
    contents.push({ role: 'model', parts })
    return toReply(pieces, parts, wire)
  }
  return {
    wire: wire.last,
    say(text, files = [], change) {
      contents.push({ role: 'user', parts: [...files.map(toPart), { text }] })
      return send(change)
    },
    report(results, change) {
      const parts = results.map(({ id, name, text }) => ({
        functionResponse: { id, name, response: { output: text } },
      }))
      contents.push({ role: 'user', parts })
      return send(change)
    },
  }
}

function toPart(file: SaidFile): Part {
  const inline = inlineOf(file)
  return inline === undefined
    ? { fileData: { fileUri: file, mimeType: 'image/png' } }
    : { inlineData: { mimeType: inline.mediaType, data: inline.base64 } }
}

function toParams(
  { model, system, tools, schema, maxTokens, stop, reasoning }: TalkSettings,
  contents: readonly Content[],
): GenerateContentParameters {
  return {
    model: inPath(model),
    contents: [...contents],
    config: {
      ...(system === undefined ? {} : { systemInstruction: system }),
      ...(tools === undefined
        ? {}
        : {
            tools: [
              {
                functionDeclarations: tools.map(({ parameters, ...tool }) => ({
                  ...tool,
                  parametersJsonSchema: parameters,
                })),
              },
            ],
          }),
      ...(schema === undefined ? {} : { responseMimeType: 'application/json', responseJsonSchema: schema }),
      ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
      ...(stop === undefined ? {} : { stopSequences: [stop] }),
      ...(reasoning === true ? { thinkingConfig: { includeThoughts: true, thinkingBudget: 1_024 } } : {}),
    },
  }
}

function toReply(
  pieces: readonly GenerateContentResponse[],
  parts: readonly Part[],
  wire: WireRecord,
): Reply {
  const last = pieces.at(-1)
  const usage = last?.usageMetadata ?? {}
  const textOf = (isThought: boolean): string =>
    parts.map(({ text, thought }) => ((thought === true) === isThought ? (text ?? '') : '')).join('')
  return {
    text: textOf(false),
    reasoning: textOf(true),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined
        ? []
        : [{ id: call.id ?? '', name: call.name ?? '', arguments: (call.args ?? {}) as Json }],
    ),
    finish: last?.candidates?.[0]?.finishReason ?? '',
    usage: {
      input: usage.promptTokenCount ?? 0,
      output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
      cacheRead: usage.cachedContentTokenCount ?? 0,
      reasoning: usage.thoughtsTokenCount ?? 0,
    },
    wire: wire.last(),
  }
}
