import { GEMINI_MODELS, GEMINI_RETIREMENTS } from './gemini-models.ts'
import { TEXT_ONLY } from './model-facts.ts'
import type { ProviderDefinition } from './provider.ts'
import {
  BEARER,
  OPEN_CHAT,
  OPEN_MODELS,
  OPEN_VECTORS,
  plainResponses,
  PLAIN_VECTORS,
  THINKING_ALOUD,
  WITHOUT_COUNTING,
  WITHOUT_EMBEDDINGS,
} from './vendor-quirks.ts'

/**
 * Companies that make models and serve them behind an OpenAI-compatible API. A vendor is one row; what differs from the
 * reference is said in quirks, and what is not known for sure is left out. Streams known to deviate are repaired
 * (`conformant: false`) instead of being passed through.
 */
export const LABS: readonly ProviderDefinition[] = [
  {
    name: 'ai21',
    title: 'AI21 Labs',
    cancelled: 'bills-whole',
    keyVariables: ['AI21_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.ai21.com/studio/v1', quirks: OPEN_CHAT }],
    docs: 'https://docs.ai21.com',
  },
  {
    name: 'alibaba',
    title: 'Alibaba Cloud Model Studio',
    cancelled: 'bills-whole',
    keyVariables: ['DASHSCOPE_API_KEY', 'ALIBABA_API_KEY'],
    baseUrlVariables: ['DASHSCOPE_BASE_URL'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
        // Later deltas of a tool call repeat an empty id.
        quirks: {
          ...PLAIN_VECTORS,
          batchInputs: 10,
          ...THINKING_ALOUD,
          cacheWriteField: 'cache_creation_input_tokens',
          prefillParam: 'partial',
          conformant: false,
        },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://dashscope-intl.aliyuncs.com/apps/anthropic/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    docs: 'https://www.alibabacloud.com/help/en/model-studio',
  },
  {
    name: 'arcee',
    title: 'Arcee AI',
    keyVariables: ['ARCEE_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.arcee.ai/api/v1', quirks: OPEN_CHAT }],
    docs: 'https://docs.arcee.ai',
  },
  {
    name: 'cohere',
    title: 'Cohere',
    cancelled: 'bills-generated',
    keyVariables: ['COHERE_API_KEY', 'CO_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.cohere.ai/compatibility/v1',
        quirks: { ...OPEN_VECTORS, batchInputs: 96 },
      },
      // Vectors of images and in several encodings, and rankings, are in its own language only; 96 inputs, 10,000 documents at once
      // (https://docs.cohere.com/reference/embed, https://docs.cohere.com/docs/reranking-best-practices).
      {
        dialect: 'cohere',
        baseUrl: 'https://api.cohere.com/v2',
        quirks: { batchInputs: 96, batchDocuments: 10_000 },
      },
    ],
    serves: ['rerank'],
    // Modality "Text" (https://docs.cohere.com/docs/models): of the others some see.
    models: [
      {
        match:
          /^(?:command(?:-(?:light|nightly|r|r7b|a-(?:03-2025|reasoning|translate)).*)?$|c4ai-aya-expanse)/,
        capabilities: TEXT_ONLY,
      },
    ],
    // One search is a question about up to a hundred documents (https://cohere.com/pricing). That page names no price of a search any
    // more (October 2026); these are those of June 2026 (https://developer.puter.com/tutorials/cohere-api-pricing/).
    prices: [
      { models: /^rerank-v4\.0-pro$/, input: '0', searches: '2.5' },
      { models: /^rerank-(?:v4\.0-fast|v3\.5)$/, input: '0', searches: '2' },
    ],
    docs: 'https://docs.cohere.com/docs/compatibility-api',
  },
  {
    name: 'deepseek',
    title: 'DeepSeek',
    cancelled: 'bills-generated',
    keyVariables: ['DEEPSEEK_API_KEY'],
    keyPrefixes: ['sk-'],
    baseUrlVariables: ['DEEPSEEK_BASE_URL'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.deepseek.com',
        quirks: {
          ...WITHOUT_EMBEDDINGS,
          ...THINKING_ALOUD,
          echoReasoning: 'tool-calls',
          structuredOutput: 'json-object',
          strictTools: false,
          contentParts: false,
        },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://api.deepseek.com/anthropic/v1',
        quirks: WITHOUT_COUNTING,
      },
    ],
    // https://api-docs.deepseek.com/quick_start/pricing: images are for the models that say so in their names, and newer ones.
    models: [{ match: /^deepseek-(?:chat|reasoner|v4-(?:flash|pro))$/, capabilities: TEXT_ONLY }],
    defaultModel: 'deepseek-chat',
    docs: 'https://api-docs.deepseek.com',
  },
  {
    name: 'gemini',
    title: 'Google Gemini API',
    cancelled: 'bills-whole',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    keyPrefixes: ['AIza'],
    offers: [
      // Thoughts, the proofs of texts, media of every kind and cached tokens are told in its own language only.
      {
        dialect: 'gemini',
        baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
        quirks: { keeps: ['cachedContent'], batchInputs: 100 },
      },
      {
        dialect: 'openai-chat',
        baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
        // Parallel tool calls of a stream may all carry index 0.
        quirks: { ...PLAIN_VECTORS, batchInputs: 100, ...OPEN_MODELS, conformant: false },
      },
    ],
    models: GEMINI_MODELS,
    retirements: GEMINI_RETIREMENTS,
    // "The earliest possible dates on which a model might be retired", as the page has it.
    listsEarliestDays: true,
    defaultModel: 'gemini-3.5-flash-lite',
    // https://ai.google.dev/gemini-api/docs/optimization, November 2026. Priority costs 75 to 100 % more, by the model.
    serviceTiers: [{ tier: 'flex', times: [1n, 2n], onlyAsked: true }],
    priceId: 'google',
    docs: 'https://ai.google.dev/gemini-api/docs',
  },
  {
    name: 'minimax',
    title: 'MiniMax',
    cancelled: 'bills-whole',
    keyVariables: ['MINIMAX_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.minimax.io/v1',
        quirks: { ...WITHOUT_EMBEDDINGS, ...THINKING_ALOUD, conformant: false },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://api.minimax.io/anthropic/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    docs: 'https://platform.minimax.io/docs',
  },
  {
    name: 'mistral',
    title: 'Mistral AI',
    cancelled: 'bills-whole',
    keyVariables: ['MISTRAL_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.mistral.ai/v1',
        // Content comes as arrays of parts, tool deltas without index or type.
        quirks: {
          tokenInputs: false,
          batchTokens: 16_000,
          ...OPEN_MODELS,
          renameParams: { seed: 'random_seed' },
          // It refuses what it does not know ("extra inputs are not permitted"), https://docs.mistral.ai/api.
          dropParams: [
            'logit_bias',
            'logprobs',
            'service_tier',
            'store',
            'top_logprobs',
            'user',
            'verbosity',
          ],
          toolChoiceRequired: 'any',
          prefillParam: 'prefix',
          toolCallId: { pattern: 'alphanumeric', length: 9, exact: true },
          streamOptions: false,
          conformant: false,
        },
      },
    ],
    // Texts only (https://docs.mistral.ai/studio/safety-moderation, https://docs.mistral.ai/getting-started/models).
    models: [
      { match: /^mistral-moderation/, capabilities: { operations: ['moderate'], ...TEXT_ONLY } },
      { match: /^(?:mistral|codestral)-embed/, capabilities: { operations: ['embed'], ...TEXT_ONLY } },
      {
        match:
          /^(?:codestral|open-|devstral-(?:small|medium)-2507|magistral-(?:small|medium)-2506|mistral-tiny)/,
        capabilities: { ...TEXT_ONLY, prefill: true },
      },
      // The last message may be the beginning of the answer (`prefix`), https://docs.mistral.ai/api.
      { match: /^(?:mistral|ministral|pixtral|devstral|magistral)-/, capabilities: { prefill: true } },
    ],
    serves: ['moderate'],
    defaultModel: 'mistral-small-latest',
    docs: 'https://docs.mistral.ai',
  },
  {
    name: 'moonshot',
    title: 'Moonshot AI (Kimi)',
    keyVariables: ['MOONSHOT_API_KEY', 'KIMI_API_KEY'],
    baseUrlVariables: ['MOONSHOT_BASE_URL'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.moonshot.ai/v1',
        // Chunks lack `object`, and some put usage inside the choice.
        quirks: {
          ...WITHOUT_EMBEDDINGS,
          ...THINKING_ALOUD,
          imageUrls: false,
          maxTemperature: 1,
          prefillParam: 'partial',
          conformant: false,
        },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://api.moonshot.ai/anthropic/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    // Those that see say so in their names (https://platform.moonshot.ai/docs/introduction).
    // Beginnings of answers: https://platform.kimi.ai/docs/guide/use-partial-mode-feature-of-kimi-api
    models: [
      { match: /^moonshot-v1-(?!.*vision)/, capabilities: { ...TEXT_ONLY, prefill: true } },
      { match: /^(?:moonshot-v1|kimi-k2(?:[.]5)?(?!.*thinking))/, capabilities: { prefill: true } },
    ],
    priceId: 'moonshotai',
    docs: 'https://platform.moonshot.ai/docs',
  },
  {
    name: 'perplexity',
    title: 'Perplexity',
    cancelled: 'bills-whole',
    keyVariables: ['PERPLEXITY_API_KEY', 'PPLX_API_KEY'],
    keyPrefixes: ['pplx-'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.perplexity.ai',
        // Every chunk repeats the role, the message so far and the usage so far.
        quirks: {
          ...OPEN_CHAT,
          tools: false,
          alternateTurns: true,
          conformant: false,
        },
      },
    ],
    models: [{ match: /^sonar/, capabilities: { tools: false } }],
    defaultModel: 'sonar',
    docs: 'https://docs.perplexity.ai',
  },
  {
    name: 'upstage',
    title: 'Upstage',
    keyVariables: ['UPSTAGE_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.upstage.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://console.upstage.ai/docs',
  },
  {
    name: 'xai',
    title: 'xAI',
    cancelled: 'bills-generated',
    keyVariables: ['XAI_API_KEY'],
    keyPrefixes: ['xai-'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.x.ai/v1',
        // Chunks lack `finish_reason`; reasoning is counted beside the output, cached input may exceed the input.
        quirks: {
          ...WITHOUT_EMBEDDINGS,
          reasoningField: 'reasoning_content',
          reasoningTokens: 'outside',
          conformant: false,
        },
      },
      // https://docs.x.ai/developers/model-capabilities/text/comparison
      plainResponses('https://api.x.ai/v1', { hostedTools: ['web_search', 'x_search', 'code_interpreter'] }),
    ],
    // https://docs.x.ai/docs/guides/reasoning: whoever reasons refuses these. A name that is not known yet reasons.
    models: [
      { match: /^grok-(?:2|3)(?!-mini)|non-reasoning/, capabilities: {} },
      {
        match: /^grok-/,
        capabilities: {},
        quirks: { dropParams: ['presence_penalty', 'frequency_penalty', 'stop'] },
      },
    ],
    priceId: 'x-ai',
    docs: 'https://docs.x.ai',
  },
  {
    name: 'xiaomi-mimo',
    title: 'Xiaomi MiMo',
    keyVariables: ['XIAOMI_MIMO_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.xiaomimimo.com/v1', quirks: OPEN_MODELS }],
    docs: 'https://platform.xiaomimimo.com',
  },
  {
    name: 'zai',
    title: 'Z.ai',
    keyVariables: ['ZAI_API_KEY', 'Z_AI_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.z.ai/api/paas/v4',
        quirks: { ...THINKING_ALOUD, reasoningParam: 'thinking-type' },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://api.z.ai/api/anthropic/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    docs: 'https://docs.z.ai',
  },
  {
    name: 'zhipu',
    title: 'Zhipu BigModel',
    keyVariables: ['ZHIPU_API_KEY', 'ZHIPUAI_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://open.bigmodel.cn/api/paas/v4',
        quirks: { ...THINKING_ALOUD, reasoningParam: 'thinking-type' },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://open.bigmodel.cn/api/anthropic/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    docs: 'https://docs.bigmodel.cn',
  },
]
