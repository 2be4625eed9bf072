import { defined } from '../kit/defined.ts'
/** Numbers of a context overflow, as far as the provider told them. */
export interface ContextOverflow {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly limitTokens?: number
}

/** Longer messages are prompts quoted back; the sentence of interest stands at the start. */
const READ_CHARACTERS = 4_000

/**
 * Sentences with which providers say that a conversation is too long. The first match wins, so the ones that tell more
 * stand first; the test of this file names who says each of them and where that is written.
 */
const SENTENCES: readonly RegExp[] = [
  // "maximum context length is L" and what was asked for, in the many orders of the servers that copy OpenAI's sentence.
  /maximum context length (?:is|of) (?<limit>[\d,]+)(?: tokens)?.{0,80}?requested (?:about )?[\d,]+ tokens \((?<input>[\d,]+)[^;,)]{0,40}(?:[;,][^;,)]{0,40}(?=[;,]))?[;,] (?<output>[\d,]+)/is,
  /maximum context length (?:is|of) (?<limit>[\d,]+)(?: tokens)?.{0,120}?(?<input>[\d,]+) tokens from the input messages and (?<output>[\d,]+) tokens for the completion/is,
  /maximum context length (?:is|of) (?<limit>[\d,]+)(?: tokens)?.{0,60}?requested (?<output>[\d,]+) output tokens and your prompt contains (?:at least )?(?<input>[\d,]+)/is,
  /maximum context length (?:is|of) (?<limit>[\d,]+)(?: tokens)?.{0,80}?has (?<input>[\d,]+) input tokens plus (?<output>[\d,]+)/is,
  /maximum context length (?:is|of) (?<limit>[\d,]+)(?: tokens)?.{0,80}?(?:resulted in|requested|contains|has) (?:about |at least )?(?<input>[\d,]+)(?: input)? tokens/is,
  /model maximum context length: (?<limit>[\d,]+)/i,
  /maximum context length (?:is|of) (?<limit>[\d,]+)/i,
  /tokens exceed the configured limit of (?<limit>[\d,]+) tokens(?:\. Your messages resulted in (?<input>[\d,]+))?/i,
  // "prompt is too long", "input is longer than".
  /input length and `?max_tokens`? exceed context limit: (?<input>[\d,]+) \+ (?<output>[\d,]+) > (?<limit>[\d,]+)/i,
  /prompt is too long: (?<input>[\d,]+) tokens > (?<limit>[\d,]+) maximum/i,
  /prompt \((?:total )?length (?<input>[\d,]+)\).{0,60}?(?:maximum model length of |context length )(?<limit>[\d,]+)/is,
  /input \((?<input>[\d,]+) tokens\) is (?:longer|larger) than [^.]{0,40}?context (?:length|size) \((?<limit>[\d,]+) tokens\)/i,
  /input length \(?(?<input>[\d,]+)(?: tokens)?\)? exceeds (?:the |the model's |model's )?maximum (?:allowed |context |input )*length (?:of )?\(?(?<limit>[\d,]+)/i,
  /prompt (?:is|has) (?<input>[\d,]+) tokens,? but the (?:model|configured) context (?:window|size) is (?<limit>[\d,]+)/i,
  /prompt is too long|prompt too long|prompt\s*超长/i,
  // "exceeds the limit", with what was counted.
  /input token count(?: \((?<input>[\d,]+)\))? exceeds the maximum number of tokens allowed(?: \(?(?<limit>[\d,]+))?/i,
  /input token count is (?<input>[\d,]+) but model only supports up to (?<limit>[\d,]+)/i,
  /prompt contains (?<input>[\d,]+) tokens.{0,120}?too large for model with (?<limit>[\d,]+) maximum/is,
  /maximum prompt length is (?<limit>[\d,]+)(?: but the request contains (?<input>[\d,]+))?/i,
  /prompt token count of (?<input>[\d,]+) exceeds the limit of (?<limit>[\d,]+)/i,
  /exceeded model token limit: (?<limit>[\d,]+)(?: \(requested: (?<input>[\d,]+)\))?/i,
  /request \((?<input>[\d,]+) tokens\) exceeds the available context size \((?<limit>[\d,]+) tokens\)/i,
  /requested tokens \((?<input>[\d,]+)\) exceed context window of (?<limit>[\d,]+)/i,
  /maximum output tokens \((?<input>[\d,]+)\) exceeded this model context window limit \((?<limit>[\d,]+)\)/i,
  /number of input tokens (?<input>[\d,]+) cannot exceed the total tokens limit (?<limit>[\d,]+)/i,
  /prompt_tokens \((?<input>[\d,]+)\) must be less than max_seq_len \((?<limit>[\d,]+)\)/i,
  /current length is (?<input>[\d,]+) while limit is (?<limit>[\d,]+)/i,
  /`?inputs`? tokens \+ `?max_new_tokens`? must be <= (?<limit>[\d,]+)(?:\. Given: (?<input>[\d,]+) `?inputs`? tokens and (?<output>[\d,]+))?/i,
  /`?inputs`? must have less than (?<limit>[\d,]+) tokens(?:\. Given: (?<input>[\d,]+))?/i,
  /max input tokens: (?<limit>[\d,]+), request input token count: (?<input>[\d,]+)/i,
  /total number of tokens in the prompt cannot exceed (?<limit>[\d,]+)(?: . received (?<input>[\d,]+))?/i,
  /too many tokens: .{0,120}?(?:exceeds the limit of|limit is|limit for this model is) (?<limit>[\d,]+)/is,
  /too many tokens: .{0,80}?prompt/is,
  /range of input length should be \[\d+, ?(?<limit>[\d,]+)\]/i,
  // The window itself.
  /context length of only (?<limit>[\d,]+) tokens/i,
  /reached context length of (?<limit>[\d,]+) tokens/i,
  /supports only [\d.]+[KM] context/i,
  /greater than the context length/i,
  /context[ _-]?(?:length|window|size)[^.]{0,40}exceed/i,
  /exceed[^.\n]{0,60}(?:context[ _-](?:length|window|size|limit)|model length)/i,
  /(?:input|conversation|prompt|request|messages?) (?:is|are) too long for (?:the|this model's|the model's) context/i,
  // Without a word about a window.
  /input is too long for (?:the )?requested model/i,
  /too many input tokens|input tokens exceeded|tokens in request more than max tokens allowed/i,
  /total tokens of image and text exceed max message tokens/i,
  /length of all messages is too long|prompt exceeds max length/i,
  /max_tokens must be at least 1, got -\d/i,
  /reduce the length of the (?:messages|input prompt|prompt)/i,
]

/** What looks like an overflow and is a rate, an output limit, or a field that is too long. */
const OTHER =
  /per[ -](?:minute|min|day|second)|tokens? per|rate limit|\bT[PR][MD]\b|please wait before|string too long|completion tokens, whereas/i

/**
 * Recognises the message of a context overflow, whoever wrote it, and reads its numbers. Gives undefined for anything else,
 * messages about rates, output limits and over-long fields included.
 *
 * @param message the provider's message, or the whole error body as text
 */
export function detectContextOverflow(message: string): ContextOverflow | undefined {
  const text = message.slice(0, READ_CHARACTERS)
  if (OTHER.test(text)) return undefined
  for (const sentence of SENTENCES) {
    const match = sentence.exec(text)
    if (match !== null) return readNumbers(match.groups ?? {})
  }
  return undefined
}

function readNumbers(groups: Readonly<Record<string, string | undefined>>): ContextOverflow {
  const input = toCount(groups['input'])
  const output = toCount(groups['output'])
  const limit = toCount(groups['limit'])
  return {
    ...defined({ inputTokens: input, outputTokens: output, limitTokens: limit }),
  }
}

function toCount(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  const count = Number(digits.replaceAll(',', ''))
  return Number.isSafeInteger(count) ? count : undefined
}
