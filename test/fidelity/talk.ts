import type { Json, JsonObject } from '../../src/kit/json.ts'
import type { ClientDialect, Mode } from '../modes.ts'
import type { WireExchange } from './wire-record.ts'

export interface OfferedTool {
  readonly name: string
  readonly description: string
  /** JSON Schema of its arguments. */
  readonly parameters: JsonObject
}

/** What is asked for, in words that every SDK can say. */
export interface TalkSettings {
  readonly model: string
  readonly mode: Mode
  readonly system?: string
  readonly tools?: readonly OfferedTool[]
  readonly parallel?: boolean
  /** JSON Schema of the answer. */
  readonly schema?: JsonObject
  readonly maxTokens?: number
  readonly stop?: string
  /** Asks for reasoning where the SDK has a word for it. */
  readonly reasoning?: boolean
}

/** An image or a document as a data URL, or the address of an image. */
export type SaidFile = string

/** What a data URL holds; undefined for an address. */
export function inlineOf(
  file: SaidFile,
): { readonly mediaType: string; readonly base64: string } | undefined {
  const [, mediaType, base64] = /^data:([^;]+);base64,(.*)$/.exec(file) ?? []
  return mediaType === undefined || base64 === undefined ? undefined : { mediaType, base64 }
}

export interface ToolResult {
  readonly id: string
  readonly name: string
  readonly text: string
}

/** What the SDK made of an answer. */
export interface Reply {
  readonly text: string
  readonly reasoning: string
  readonly refusal?: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: Json }[]
  /** The SDK's own word for why the answer ended. */
  readonly finish: string
  /** All input (cached or not) and all output (reasoning or not), with the parts that the SDK tells. */
  readonly usage: {
    readonly input: number
    readonly output: number
    readonly cacheRead: number
    /** Absent where the dialect has no such number. */
    readonly reasoning?: number
  }
  readonly wire: WireExchange
}

/** A conversation: every turn sends the SDK's own objects of the turns before. */
export interface Talk {
  say(text: string, files?: readonly SaidFile[], change?: Partial<TalkSettings>): Promise<Reply>
  report(results: readonly ToolResult[], change?: Partial<TalkSettings>): Promise<Reply>
  /** The latest exchange on the wire, also when the SDK threw. */
  wire(): WireExchange
}

/** Why an answer ends, as an SDK names it. */
export interface FinishWords {
  readonly stop: string
  readonly 'stop-sequence': string
  readonly length: string
  readonly 'tool-calls': string
  readonly refusal: string
}

export const DOCUMENT_NAME = 'castle.pdf'

/** The address of the gateway and a key for it. */
export interface Connection {
  readonly url: string
  readonly key: string
}

/** An official SDK as a client of the gateway. */
export interface Client {
  readonly name: string
  readonly dialect: ClientDialect
  readonly finishes: FinishWords
  /** False where the SDK has no word for stop sequences. */
  readonly stops: boolean
  /** False where the SDK cannot send the address of an image and would fetch it itself. */
  readonly imageUrls: boolean
  /** False where the SDK has no word for the name of a document. */
  readonly namesDocuments: boolean
  /** What the SDK shows of reasoning: nothing, its text, or its text with the signature that it sends back. */
  readonly reasoning: 'none' | 'text' | 'signed'
  open(connection: Connection, settings: TalkSettings): Talk
}
