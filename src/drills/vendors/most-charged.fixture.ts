import { estimateInputTokens } from '../../exchange/estimate.ts'
import { speakChat } from '../../dialects/speak-chat.fixture.ts'
import { NO_USAGE, type Usage } from '../../exchange/usage.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import {
  isObject,
  readArray,
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'

/*
 * The most that a body on the wire can make a company charge, as the most generous of them reads it. Stated server by server
 * and apart from the dialects, whose own reading is proven against it.
 */

/** Where one server or another takes the longest answer from (their API references, November 2026). */
const LIMITS_OF_SERVERS: readonly string[] = [
  'max_completion_tokens', // OpenAI, Groq, Cerebras
  'max_tokens', // everybody else
  'max_output_tokens', // servers of the Responses API that take its name here
  'n_predict', // llama.cpp
  'num_predict', // Ollama, proxies before it
  'options.num_predict', // Ollama
  'max_new_tokens', // Text Generation Inference
  'parameters.max_new_tokens', // the same behind a hub
  'extra_body.max_new_tokens', // SDK options sent as they stand
  'generation_config.max_output_tokens', // Google
  'generationConfig.maxOutputTokens',
  'max_gen_len', // Bedrock's Llama
  'max_tokens_to_sample', // old Anthropic
]

/** Where they take an answer from that must not be shorter. */
const LEAST_OF_SERVERS: readonly string[] = ['min_tokens', 'min_new_tokens']

/** Reasoning that is not counted against the limit. */
const BUDGETS_OF_SERVERS: readonly string[] = [
  'thinking_budget', // Alibaba
  'reasoning.max_tokens', // OpenRouter
  'extra_body.google.thinking_config.thinking_budget', // Google
  'thinking.token_budget', // Cohere
  'reasoning_budget', // llama.cpp
]

const CHOICES_OF_SERVERS: readonly string[] = [
  'n',
  'best_of', // vLLM, Text Generation Inference
  'num_return_sequences', // Transformers
  'num_beams',
  'generation_config.candidate_count', // Google
]

/** What is known of the company that reads. */
export interface Reader {
  readonly dialect: Dialect
  /** What its models write where nobody stops them. */
  readonly ownTokens: number
  /** Its own name of the longest answer. */
  readonly limitName?: string | undefined
}

/** Reads a request, and throws what the dialect throws where it is none. */
export function mostCharged(body: JsonObject, reader: Reader): Usage {
  const { dialect } = reader
  const chat = speakChat(dialect).decodeRequest(body).request
  const choices = Math.max(1, ...CHOICES_OF_SERVERS.map((path) => numberAt(body, path) ?? 1))
  const outputTokens = (longestAnswer(body, reader) + budgets(body) + predicted(body)) * choices
  const isSpoken = readArray(body, 'modalities').includes('audio')
  return {
    ...NO_USAGE,
    inputTokens: (estimateInputTokens(chat) + mediaBeyondEstimate(body)) * (1 + searches(body)),
    ...(isSpoken ? { outputAudioTokens: outputTokens } : { outputTokens }),
    webSearches: searches(body),
  }
}

function longestAnswer(body: JsonObject, { ownTokens, limitName = 'max_tokens' }: Reader): number {
  const limits = [...LIMITS_OF_SERVERS, limitName].flatMap((path) => numberAt(body, path) ?? [])
  const least = LEAST_OF_SERVERS.flatMap((path) => numberAt(body, path) ?? [])
  const isOpen = limits.length === 0 || limits.some((limit) => limit < 0)
  return Math.max(...limits, ...least, isOpen ? ownTokens : 0)
}

/** A budget that exceeds the limit is for the whole of an answer between whose parts tools run (Anthropic, interleaved thinking). */
function budgets(body: JsonObject): number {
  const interleaved = numberAt(body, 'thinking.budget_tokens') ?? 0
  const own = interleaved >= (numberAt(body, 'max_tokens') ?? Infinity) ? interleaved : 0
  return BUDGETS_OF_SERVERS.reduce((sum, path) => sum + Math.max(0, numberAt(body, path) ?? 0), own)
}

/** What of a prediction is not used is charged as output (OpenAI). */
function predicted(body: JsonObject): number {
  const content = readObject(body, 'prediction')?.['content']
  return content === undefined ? 0 : Math.ceil(JSON.stringify(content).length / 4)
}

function searches(body: JsonObject): number {
  const options = readObject(body, 'web_search_options') === undefined ? 0 : 1
  const own = readObjects(body, 'tools').filter(
    (tool) => readString(tool, 'type')?.startsWith('web_search') === true,
  )
  return options + own.reduce((sum, tool) => sum + Math.min(readNumber(tool, 'max_uses') ?? 10, 10), 0)
}

/** Tokens of parts by their type, where no bytes say how large they are (pages of the companies on vision, files and audio). */
const TOKENS_OF_PARTS: Readonly<Record<string, number>> = {
  image: 4_784,
  image_url: 4_784,
  document: 100 * 2_500,
  file: 100 * 2_500,
  input_image: 4_784,
  input_file: 100 * 2_500,
}
/** Speech at 64 kbit/s is 8 kB a second, of which the finest count makes 32 tokens. */
const AUDIO_BYTES_PER_TOKEN = 250
/** What every part of them is estimated at. */
const ESTIMATED_TOKENS = 1_600

/** What media may cost beyond the estimate that is made of them. */
function mediaBeyondEstimate(body: JsonObject): number {
  const said = ['messages', 'input', 'contents'].flatMap((field) => readObjects(body, field))
  const parts = said.flatMap((turn) => [...readObjects(turn, 'content'), ...readObjects(turn, 'parts')])
  return parts.reduce((sum, part) => {
    const tokens = TOKENS_OF_PARTS[kindOf(part)] ?? ESTIMATED_TOKENS
    const sound =
      readObject(part, 'input_audio') ?? (kindOf(part) === 'audio' ? readObject(part, 'inlineData') : {})
    const audio = readString(sound ?? {}, 'data') ?? ''
    return sum + tokens - ESTIMATED_TOKENS + Math.ceil((audio.length * 3) / 4 / AUDIO_BYTES_PER_TOKEN)
  }, 0)
}

/** What a part says it is, or in Google's API its type of media. */
function kindOf(part: JsonObject): string {
  const media = readObject(part, 'fileData') ?? readObject(part, 'inlineData') ?? {}
  const [kind = ''] = (readString(media, 'mimeType') ?? '').split('/')
  return readString(part, 'type') ?? (kind === 'application' ? 'document' : kind)
}

/** A number, or its digits, at a path. */
function numberAt(body: JsonObject, path: string): number | undefined {
  let value: Json | undefined = body
  for (const key of path.split('.')) value = isObject(value) ? value[key] : undefined
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
