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
 * stand first. Collected from the providers' documentation and error threads: OpenAI, Anthropic, Gemini, Bedrock, Mistral,
 * vLLM, Groq, Together, Cohere, xAI, llama.cpp, LM Studio, OpenRouter.
 */
const SENTENCES: readonly RegExp[] = [
  /maximum context length (?:is|of) (?<limit>[\d,]+) tokens.{0,80}?requested (?:about )?[\d,]+ tokens \((?<input>[\d,]+)[^;,]{0,40}[;,] (?<output>[\d,]+)/is,
  /maximum context length (?:is|of) (?<limit>[\d,]+) tokens.{0,120}?(?<input>[\d,]+) tokens from the input messages and (?<output>[\d,]+) tokens for the completion/is,
  /maximum context length (?:is|of) (?<limit>[\d,]+)(?: tokens)?.{0,80}?(?:resulted in|requested|contains|has) (?:about |at least )?(?<input>[\d,]+)(?: input)? tokens/is,
  /maximum context length (?:is|of) (?<limit>[\d,]+)/i,
  /input length and `?max_tokens`? exceed context limit: (?<input>[\d,]+) \+ (?<output>[\d,]+) > (?<limit>[\d,]+)/i,
  /prompt is too long: (?<input>[\d,]+) tokens > (?<limit>[\d,]+) maximum/i,
  /prompt is too long/i,
  /input token count(?: \((?<input>[\d,]+)\))? exceeds the maximum number of tokens allowed(?: \((?<limit>[\d,]+)\))?/i,
  /prompt contains (?<input>[\d,]+) tokens.{0,120}?too large for model with (?<limit>[\d,]+) maximum/is,
  /maximum prompt length is (?<limit>[\d,]+) but the request contains (?<input>[\d,]+)/i,
  /`?inputs`? tokens \+ `?max_new_tokens`? must be <= (?<limit>[\d,]+)(?:\. Given: (?<input>[\d,]+) `?inputs`? tokens and (?<output>[\d,]+))?/i,
  /too many tokens: .{0,80}?(?:exceeds the limit of|limit is) (?<limit>[\d,]+)/is,
  /too many tokens: .{0,80}?prompt/is,
  /request \((?<input>[\d,]+) tokens\) exceeds the available context size \((?<limit>[\d,]+) tokens\)/i,
  /exceeds the available context size/i,
  /context length of only (?<limit>[\d,]+) tokens/i,
  /greater than the context length/i,
  /(?:input|conversation|prompt|request|messages?) (?:exceeds?|is longer than|is too long for) (?:the|this model's|the model's) context (?:window|length|limit)/i,
  /input is too long for (?:the )?requested model/i,
  /too many input tokens/i,
  /please reduce the length of the messages/i,
  /context[_ ]length[_ ]exceeded/i,
  /exceed_context_size_error/i,
]

/** What looks like an overflow and is a rate, an output limit, or a field that is too long. */
const OTHER =
  /per (?:minute|min|day|second)|tokens? per|rate limit|\bT[PR][MD]\b|string too long|completion tokens, whereas/i

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
    ...(input === undefined ? {} : { inputTokens: input }),
    ...(output === undefined ? {} : { outputTokens: output }),
    ...(limit === undefined ? {} : { limitTokens: limit }),
  }
}

function toCount(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined
  const count = Number(digits.replaceAll(',', ''))
  return Number.isSafeInteger(count) ? count : undefined
}
