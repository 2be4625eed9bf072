import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import type { ProviderDefinition } from './provider.ts'
import {
  BEARER,
  OPEN_MODELS,
  OPEN_VECTORS,
  plainResponses,
  SHARED_CALL_INDEX,
  THINKING_ALOUD,
  THINKING_VECTORS,
  WITHOUT_COUNTING,
} from './vendor-quirks.ts'

/**
 * Servers that people run themselves, at the addresses they listen on by default. None needs a key; one that was
 * started with a key gets it in the config.
 */
export const ENGINES: readonly ProviderDefinition[] = [
  {
    name: 'anthropic-compatible',
    title: 'Any server that speaks Anthropic Messages',
    keyVariables: [],
    versionPath: '/v1',
    settings: ['base_url'],
    offers: [{ dialect: 'anthropic-messages', baseUrl: '{base_url}' }],
    docs: 'https://docs.anthropic.com/en/api/messages',
  },
  {
    name: 'litellm',
    title: 'LiteLLM proxy',
    keyVariables: ['LITELLM_API_KEY', 'LITELLM_MASTER_KEY'],
    baseUrlVariables: ['LITELLM_BASE_URL', 'LITELLM_PROXY_URL'],
    serves: ['moderate', 'rerank'],
    offers: [
      { dialect: 'openai-chat', baseUrl: 'http://127.0.0.1:4000/v1', quirks: SHARED_CALL_INDEX },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'http://127.0.0.1:4000/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    docs: 'https://docs.litellm.ai',
  },
  {
    name: 'llama-cpp',
    title: 'llama.cpp server',
    cancelled: 'stops',
    keyVariables: [],
    // A tool by name is taken for `auto` (ggml-org/llama.cpp#26535).
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'http://127.0.0.1:8080/v1',
        quirks: { ...THINKING_VECTORS, toolChoice: 'words' },
      },
    ],
    local: { port: 8080, path: '/v1/models', ownedBy: 'llamacpp' },
    serves: ['rerank'],
    docs: 'https://github.com/ggml-org/llama.cpp/tree/master/tools/server',
  },
  {
    name: 'lm-studio',
    title: 'LM Studio',
    keyVariables: [],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'http://127.0.0.1:1234/v1',
        quirks: {
          ...OPEN_VECTORS,
          ...SHARED_CALL_INDEX,
          // It refuses `json_object` (lmstudio-bug-tracker#189) and tools by name (lmstudio-bug-tracker#670).
          structuredOutput: 'json-schema-only',
          toolChoice: 'words',
        },
      },
      { dialect: 'anthropic-messages', baseUrl: 'http://127.0.0.1:1234/v1', quirks: WITHOUT_COUNTING },
      // https://lmstudio.ai/docs/developer/openai-compat/responses, since 0.3.29: remote MCP where its settings allow it. It keeps answers, too.
      plainResponses('http://127.0.0.1:1234/v1', { hostedTools: ['mcp'], toolChoice: 'words' }),
    ],
    local: { port: 1234, path: '/v1/models' },
    docs: 'https://lmstudio.ai/docs/developer',
  },
  {
    name: 'localai',
    title: 'LocalAI',
    keyVariables: [],
    offers: [{ dialect: 'openai-chat', baseUrl: 'http://127.0.0.1:8080/v1', quirks: OPEN_MODELS }],
    serves: ['rerank'],
    docs: 'https://localai.io/docs',
  },
  {
    name: 'ollama',
    title: 'Ollama',
    cancelled: 'stops',
    keyVariables: [],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'http://127.0.0.1:11434/v1',
        // What it does not list among its fields it ignores (https://docs.ollama.com/api/openai-compatibility).
        quirks: {
          ...OPEN_VECTORS,
          ...SHARED_CALL_INDEX,
          reasoningField: 'reasoning',
          imageUrls: false,
          toolChoice: 'unheard',
          dropParams: ['n', 'logit_bias'],
        },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'http://127.0.0.1:11434/v1',
        quirks: WITHOUT_COUNTING,
      },
      // Stateless, since 0.13.3 (https://docs.ollama.com/api/openai-compatibility).
      plainResponses('http://127.0.0.1:11434/v1', { imageUrls: false, toolChoice: 'unheard' }),
    ],
    local: { port: 11434, path: '/v1/models' },
    docs: 'https://docs.ollama.com',
  },
  {
    name: 'openai-compatible',
    title: 'Any server that speaks OpenAI Chat Completions',
    keyVariables: [],
    settings: ['base_url'],
    // Nothing is known of it, so nothing is ruled out.
    serves: OPERATION_NAMES,
    offers: [
      { dialect: 'openai-chat', baseUrl: '{base_url}', quirks: { ...OPEN_MODELS, ...SHARED_CALL_INDEX } },
    ],
    docs: 'https://platform.openai.com/docs/api-reference/chat',
  },
  {
    name: 'sglang',
    title: 'SGLang',
    cancelled: 'stops',
    keyVariables: [],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'http://127.0.0.1:30000/v1',
        quirks: {
          ...THINKING_ALOUD,
          ...SHARED_CALL_INDEX,
          prefillParam: 'continue_final_message',
        },
      },
      { dialect: 'anthropic-messages', baseUrl: 'http://127.0.0.1:30000/v1', quirks: WITHOUT_COUNTING },
    ],
    docs: 'https://docs.sglang.ai',
  },
  {
    name: 'tgi',
    title: 'Text Generation Inference',
    keyVariables: [],
    offers: [{ dialect: 'openai-chat', baseUrl: 'http://127.0.0.1:8080/v1', quirks: OPEN_MODELS }],
    docs: 'https://huggingface.co/docs/text-generation-inference',
  },
  {
    name: 'triton',
    title: 'NVIDIA Triton (OpenAI frontend)',
    keyVariables: [],
    offers: [{ dialect: 'openai-chat', baseUrl: 'http://127.0.0.1:9000/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.nvidia.com/deeplearning/triton-inference-server',
  },
  {
    name: 'vllm',
    title: 'vLLM',
    cancelled: 'stops',
    keyVariables: [],
    baseUrlVariables: ['VLLM_BASE_URL'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'http://127.0.0.1:8000/v1',
        // Its reasoning has that name since vllm-project/vllm#27752.
        quirks: {
          ...OPEN_MODELS,
          ...SHARED_CALL_INDEX,
          reasoningField: 'reasoning',
          prefillParam: 'continue_final_message',
        },
      },
      { dialect: 'anthropic-messages', baseUrl: 'http://127.0.0.1:8000/v1', quirks: WITHOUT_COUNTING },
      // https://docs.vllm.ai/en/stable/api/vllm/entrypoints/openai/responses/serving/
      plainResponses('http://127.0.0.1:8000/v1'),
    ],
    local: { port: 8000, path: '/v1/models', ownedBy: 'vllm' },
    serves: ['rerank'],
    docs: 'https://docs.vllm.ai',
  },
  {
    name: 'xinference',
    title: 'Xinference',
    keyVariables: [],
    offers: [{ dialect: 'openai-chat', baseUrl: 'http://127.0.0.1:9997/v1', quirks: OPEN_MODELS }],
    serves: ['rerank'],
    docs: 'https://inference.readthedocs.io',
  },
]
