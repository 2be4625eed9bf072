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

/** The same in the words of issue trackers and of the servers' own source: who, where it is written, what, and the numbers. */
const MET: readonly (readonly [string, string, string, object])[] = [
  [
    'vLLM 0.15',
    'vllm-project/vllm#33425',
    "This model's maximum context length is 2048 tokens. However, your request has 8 input tokens plus 2045 'max_tokens'. Please reduce one or the other. (parameter=input_tokens, max_tokens, value=(8, 2045))",
    { limitTokens: 2048, inputTokens: 8, outputTokens: 2045 },
  ],
  [
    'vLLM 0.14',
    'vllm-project/vllm#33418',
    "This model's maximum context length is 3 tokens. However, your request has 8 input tokens. Please reduce the length of the input messages. (parameter=input_tokens, value=8)",
    { limitTokens: 3, inputTokens: 8 },
  ],
  [
    'vLLM with an output',
    'AIDotNet/OpenCowork#82',
    "This model's maximum context length is 262144 tokens. However, you requested 128000 output tokens and your prompt contains at least 134145 input tokens, for a total of at least 262145 tokens. Please reduce the length of the input prompt or the number of requested output tokens. (parameter=input_tokens, value=134145)",
    { limitTokens: 262144, inputTokens: 134145, outputTokens: 128000 },
  ],
  [
    'vLLM 0.9',
    'vllm-project/vllm#20409',
    "This model's maximum context length is 16384 tokens. However, you requested 122946 tokens (112946 in the messages, 10000 in the completion). Please reduce the length of the messages or completion.",
    { limitTokens: 16384, inputTokens: 112946, outputTokens: 10000 },
  ],
  [
    'vLLM, the engine',
    'vllm/v1/engine/processor.py',
    'The decoder prompt (length 8357) is longer than the maximum model length of 8192. Make sure that `max_model_len` is no smaller than the number of text tokens.',
    { inputTokens: 8357, limitTokens: 8192 },
  ],
  ['vLLM 0.4', 'vllm-project/vllm#4667', 'max_tokens must be at least 1, got -186.', {}],
  [
    'OpenAI with functions',
    'bytedance/deer-flow#310',
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 202868 tokens (202767 in the messages, 101 in the functions). Please reduce the length of the messages or functions.",
    { limitTokens: 128000, inputTokens: 202868 },
  ],
  [
    'OpenAI, configured',
    'community.openai.com',
    'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300123 tokens. Please reduce the length of the messages.',
    { limitTokens: 272000, inputTokens: 300123 },
  ],
  [
    'SGLang',
    'QwenLM/Qwen3#1321',
    "The input (61709 tokens) is longer than the model's context length (40960 tokens).",
    { inputTokens: 61709, limitTokens: 40960 },
  ],
  [
    'SGLang with a completion',
    'sglang/srt/managers/tokenizer_manager.py',
    "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 70000 tokens: 6000 tokens from the input messages and 64000 tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit.",
    { limitTokens: 32768, inputTokens: 6000, outputTokens: 64000 },
  ],
  [
    'SGLang, memory',
    'sgl-project/sglang#4048',
    'Input length (160062 tokens) exceeds the maximum allowed length (59862 tokens). Use a shorter input or enable --allow-auto-truncate.',
    { inputTokens: 160062, limitTokens: 59862 },
  ],
  [
    'Poolside through OpenRouter',
    'badlogic/pi-mono overflow.ts',
    'Input length 265330 exceeds the maximum allowed input length of 262144 tokens.',
    { inputTokens: 265330, limitTokens: 262144 },
  ],
  [
    'a server behind LiteLLM',
    'badlogic/pi-mono overflow.ts',
    "Input length (265330) exceeds model's maximum context length (262144).",
    { inputTokens: 265330, limitTokens: 262144 },
  ],
  [
    'OpenRouter with tools',
    'openrouter.ai/docs/api/reference/errors-and-debugging',
    'This endpoint\'s maximum context length is 131072 tokens. However, you requested about 140000 tokens (120000 of text input, 12000 of tool input, 8000 in the output). Please reduce the length of either one, or use the "middle-out" transform to compress your prompt automatically.',
    { limitTokens: 131072, inputTokens: 120000, outputTokens: 8000 },
  ],
  [
    'llama.cpp, older',
    'ggml-org/llama.cpp#17284',
    'the request exceeds the available context size, try increasing it',
    {},
  ],
  ['llama.cpp, as a 500', 'ggml-org/llama.cpp#19774', 'Context size has been exceeded.', {}],
  [
    'llama.cpp, multimodal',
    'llama.cpp tools/server/server.cpp',
    'input (9000 tokens) is larger than the max context size (8192 tokens). skipping',
    { inputTokens: 9000, limitTokens: 8192 },
  ],
  [
    'llama-cpp-python',
    'fedora-copr/logdetective-website#193',
    'Requested tokens (2285) exceed context window of 2048',
    { inputTokens: 2285, limitTokens: 2048 },
  ],
  ['Ollama', 'ollama/ollama llama runner', 'prompt too long; exceeded max context length by 4096 tokens', {}],
  ['Ollama, embeddings', 'ollama/ollama', 'the input length exceeds the context length', {}],
  [
    'LM Studio',
    'lmstudio-ai/lmstudio-bug-tracker',
    'Reached context length of 4096 tokens with model (arch: llama) that does not currently support mid-generation context overflow.',
    { limitTokens: 4096 },
  ],
  [
    'GitHub Copilot',
    'badlogic/pi-mono overflow.ts',
    'prompt token count of 145000 exceeds the limit of 128000',
    { inputTokens: 145000, limitTokens: 128000 },
  ],
  ['MiniMax', 'badlogic/pi-mono overflow.ts', 'invalid params, context window exceeds limit (2013)', {}],
  [
    'Moonshot',
    'badlogic/pi-mono overflow.ts',
    'Invalid request: Your request exceeded model token limit: 262144 (requested: 300000)',
    { limitTokens: 262144, inputTokens: 300000 },
  ],
  ['Moonshot, as a 401', 'Kimi for coding', 'k3-256k supports only 256K context.', {}],
  ['Z.ai', 'docs.z.ai/api-reference/api-code', 'Prompt exceeds max length', {}],
  ['Zhipu', 'open.bigmodel.cn/dev/api/error-code (1261)', 'Prompt 超长', {}],
  [
    'DashScope',
    'help.aliyun.com/zh/model-studio/error-code',
    '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]',
    { limitTokens: 129024 },
  ],
  ['Perplexity', 'BerriAI/litellm#21647', 'The total length of all messages is too long.', {}],
  [
    'Bedrock, Claude',
    'strands-agents/harness-sdk#1663',
    'The model returned the following errors: prompt is too long: 903884 tokens > 200000 maximum',
    { inputTokens: 903884, limitTokens: 200000 },
  ],
  [
    'Bedrock, Titan',
    'repost.aws/knowledge-center/bedrock-validation-exception-errors',
    '400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9001',
    { limitTokens: 8192, inputTokens: 9001 },
  ],
  [
    'Bedrock, Nova',
    'pydantic/pydantic-ai#4221',
    'Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
    {},
  ],
  [
    'Bedrock, Llama',
    'strands-agents/harness-sdk#1663',
    "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
    { limitTokens: 8192 },
  ],
  [
    'Fireworks',
    'fireworks.ai/docs',
    'The prompt is too long: 140000, model maximum context length: 131071',
    { limitTokens: 131071 },
  ],
  [
    'Cohere',
    'docs.cohere.com/reference/errors',
    'too many tokens: size limit exceeded by 11326 tokens. Try using shorter or fewer inputs. The limit for this model is 132096 tokens.',
    { limitTokens: 132096 },
  ],
  [
    'Cohere on Bedrock',
    'docs.cohere.com/reference/errors',
    'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000. Try using a shorter prompt.',
    { limitTokens: 4081, inputTokens: 5000 },
  ],
  [
    'TGI',
    'opea-project/GenAIExamples#340',
    'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. Given: 3000 `inputs` tokens and 512 `max_new_tokens`',
    { limitTokens: 2048, inputTokens: 3000, outputTokens: 512 },
  ],
  [
    'TGI, the input alone',
    'huggingface/text-generation-inference',
    'Input validation error: `inputs` must have less than 1024 tokens. Given: 2233',
    { limitTokens: 1024, inputTokens: 2233 },
  ],
  [
    'Cerebras',
    'inference-docs.cerebras.ai/support/error',
    'Please reduce the length of the messages or completion. Current length is 140000 while limit is 131072',
    { inputTokens: 140000, limitTokens: 131072 },
  ],
  [
    'Vertex',
    'BerriAI/litellm#18282',
    'Unable to submit request because the input token count is 1200000 but model only supports up to 1048576. Reduce the input token count and try again.',
    { inputTokens: 1200000, limitTokens: 1048576 },
  ],
  [
    'Cloudflare',
    'developers.cloudflare.com/workers-ai',
    'AiError: The estimated number of input and maximum output tokens (30000) exceeded this model context window limit (24000).',
    { inputTokens: 30000, limitTokens: 24000 },
  ],
  [
    'DS4',
    'badlogic/pi-mono overflow.ts',
    'Prompt has 300,000 tokens, but the configured context size is 131,072 tokens',
    { inputTokens: 300000, limitTokens: 131072 },
  ],
  [
    'RKLLM',
    'jaylfc/taOS#1738',
    'Prompt is 11543 tokens but the model context window is 4096 tokens.',
    { inputTokens: 11543, limitTokens: 4096 },
  ],
  [
    'watsonx',
    'ibm.com/docs/watsonx',
    'the number of input tokens 5000 cannot exceed the total tokens limit 4096 for this model',
    { inputTokens: 5000, limitTokens: 4096 },
  ],
  [
    'SiliconFlow',
    'docs.siliconflow.cn',
    'length of prompt_tokens (50000) must be less than max_seq_len (32768).',
    { inputTokens: 50000, limitTokens: 32768 },
  ],
  [
    'Volcengine',
    'volcengine.com/docs/82379',
    'Total tokens of image and text exceed max message tokens.',
    {},
  ],
  [
    'LiteLLM in front of others',
    'BerriAI/litellm',
    'litellm.ContextWindowExceededError: context_length_exceeded',
    {},
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
  'ThrottlingException: Too many tokens per day, please wait before trying again.',
  'Number of request tokens has exceeded your per-minute rate limit (https://docs.claude.com/en/api/rate-limits).',
  'max_tokens: 200000 > 128000, which is the maximum allowed number of output tokens for this model',
  'Range of max_tokens should be [1, 8192]',
  'Tool argument validation failed: input length exceeds 1000 characters',
  'You exceeded your current quota, please check your plan and billing details.',
  'The context of the conversation is not available.',
]

describe('detectContextOverflow', () => {
  test.each(POSITIVE.map((row) => [...row]))(
    'recognises %s and reads its numbers',
    (_name, message, numbers) => {
      expect(detectContextOverflow(message)).toEqual(numbers)
    },
  )

  test.each(MET.map((row) => [...row]))(
    'recognises %s (%s) and reads its numbers',
    (_name, _source, message, numbers) => {
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
