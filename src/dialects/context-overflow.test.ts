import { describe, expect, test } from 'bun:test'
import { detectContextOverflow } from './context-overflow.ts'

const POSITIVE: readonly (readonly [string, string, object])[] = [
  [
    'OpenAI',
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens. Please reduce the length of the messages.",
    { limitTokens: 8192, inputTokens: 9001 },
  ],
  [
    'OpenAI with a completion',
    "This model's maximum context length is 4097 tokens, however you requested 5360 tokens (1360 in your prompt; 4000 for the completion). Please reduce your prompt; or completion length.",
    { limitTokens: 4097, inputTokens: 1360, outputTokens: 4000 },
  ],
  [
    'OpenAI newer',
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
    {},
  ],
  [
    'Anthropic',
    'prompt is too long: 210000 tokens > 200000 maximum',
    { inputTokens: 210000, limitTokens: 200000 },
  ],
  [
    'Anthropic with an output limit',
    'input length and `max_tokens` exceed context limit: 190000 + 32000 > 200000, decrease input length or `max_tokens` and try again',
    { inputTokens: 190000, outputTokens: 32000, limitTokens: 200000 },
  ],
  [
    'Gemini',
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    { inputTokens: 1200000, limitTokens: 1048576 },
  ],
  [
    'Gemini short',
    'The input token count exceeds the maximum number of tokens allowed (1048576).',
    { limitTokens: 1048576 },
  ],
  ['Bedrock', 'Input is too long for requested model.', {}],
  [
    'Mistral',
    'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
    { inputTokens: 40000, limitTokens: 32768 },
  ],
  [
    'vLLM',
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4000 in the messages, 1000 in the completion).",
    { limitTokens: 4096, inputTokens: 4000, outputTokens: 1000 },
  ],
  [
    'vLLM newer',
    'The engine prompt has a maximum context length of 4096 tokens. You sent 4000 tokens from the input messages and 1000 tokens for the completion.',
    { limitTokens: 4096, inputTokens: 4000, outputTokens: 1000 },
  ],
  ['Groq', 'Please reduce the length of the messages or completion.', {}],
  [
    'Together',
    '`inputs` tokens + `max_new_tokens` must be <= 4097. Given: 4000 `inputs` tokens and 500 `max_new_tokens`',
    { limitTokens: 4097, inputTokens: 4000, outputTokens: 500 },
  ],
  [
    'Cohere',
    'too many tokens: total number of tokens in the prompt exceeds the limit of 4081',
    { limitTokens: 4081 },
  ],
  [
    'xAI',
    "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
    { limitTokens: 131072, inputTokens: 200000 },
  ],
  [
    'llama.cpp',
    'request (9000 tokens) exceeds the available context size (8192 tokens), try increasing it',
    { inputTokens: 9000, limitTokens: 8192 },
  ],
  [
    'LM Studio',
    'The number of tokens to keep from the initial prompt is greater than the context length.',
    {},
  ],
  [
    'OpenRouter',
    "This endpoint's maximum context length is 131072 tokens. However, you requested about 200,000 tokens (199,000 of text input, 1,000 in the output).",
    { limitTokens: 131072, inputTokens: 199000, outputTokens: 1000 },
  ],
]

const NEGATIVE: readonly string[] = [
  "Invalid 'messages[2].tool_calls[0].id': string too long. Expected a string with maximum length 40, but got a string with length 41 instead.",
  'max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.',
  'Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 40000.',
  'Too many tokens, please wait before trying again.',
  'max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens',
  'image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes',
  'The server had an error while processing your request.',
]

describe('detectContextOverflow', () => {
  test.each(POSITIVE.map((row) => [...row]))(
    'recognises %s and reads its numbers',
    (_name, message, numbers) => {
      expect(detectContextOverflow(message)).toEqual(numbers)
    },
  )

  test.each(NEGATIVE.map((message) => [message]))('does not mistake for an overflow: %s', (message) => {
    expect(detectContextOverflow(message)).toBeUndefined()
  })

  test('reads a whole error body as text', () => {
    expect(detectContextOverflow('{"error":{"code":"context_length_exceeded"}}')).toEqual({})
  })
})
