import type { ProviderDefinition } from './provider.ts'
import { BEARER, OPEN_MODELS, THINKING_ALOUD, WITHOUT_COUNTING } from './vendor-quirks.ts'

/**
 * Companies that run models behind an OpenAI-compatible API. A vendor is one row; what differs from the reference is
 * said in quirks, and what is not known for sure is left out. Streams known to deviate are repaired (`conformant: false`).
 */
export const HOSTED: readonly ProviderDefinition[] = [
  {
    name: 'ai21',
    title: 'AI21 Labs',
    keyVariables: ['AI21_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.ai21.com/studio/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.ai21.com',
  },
  {
    name: 'aihubmix',
    title: 'AiHubMix',
    keyVariables: ['AIHUBMIX_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://aihubmix.com/v1' }],
    docs: 'https://docs.aihubmix.com',
  },
  {
    name: 'alibaba',
    title: 'Alibaba Cloud Model Studio',
    keyVariables: ['DASHSCOPE_API_KEY', 'ALIBABA_API_KEY'],
    baseUrlVariables: ['DASHSCOPE_BASE_URL'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
        // Later deltas of a tool call repeat an empty id.
        quirks: { ...THINKING_ALOUD, cacheWriteField: 'cache_creation_input_tokens', conformant: false },
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
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.arcee.ai/api/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.arcee.ai',
  },
  {
    name: 'avian',
    title: 'Avian',
    keyVariables: ['AVIAN_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.avian.io/v1', quirks: OPEN_MODELS }],
    docs: 'https://avian.io/docs',
  },
  {
    name: 'baseten',
    title: 'Baseten Model APIs',
    keyVariables: ['BASETEN_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://inference.baseten.co/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.baseten.co',
  },
  {
    name: 'cerebras',
    title: 'Cerebras',
    keyVariables: ['CEREBRAS_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.cerebras.ai/v1',
        quirks: {
          textTools: false,
          maxTokensParam: 'max_completion_tokens',
          reasoningField: 'reasoning',
          dropParams: ['presence_penalty', 'frequency_penalty', 'logit_bias'],
        },
      },
    ],
    docs: 'https://inference-docs.cerebras.ai',
  },
  {
    name: 'chutes',
    title: 'Chutes',
    keyVariables: ['CHUTES_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://llm.chutes.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://chutes.ai/docs',
  },
  {
    name: 'cloudflare',
    title: 'Cloudflare Workers AI',
    keyVariables: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY'],
    settings: ['account_id'],
    settingVariables: { account_id: 'CLOUDFLARE_ACCOUNT_ID' },
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{account_id}/ai/v1',
        // Deltas that are numbers arrive as JSON numbers.
        quirks: { ...OPEN_MODELS, conformant: false },
      },
    ],
    docs: 'https://developers.cloudflare.com/workers-ai',
  },
  {
    name: 'cohere',
    title: 'Cohere',
    keyVariables: ['COHERE_API_KEY', 'CO_API_KEY'],
    offers: [
      { dialect: 'openai-chat', baseUrl: 'https://api.cohere.ai/compatibility/v1', quirks: OPEN_MODELS },
    ],
    docs: 'https://docs.cohere.com/docs/compatibility-api',
  },
  {
    name: 'crusoe',
    title: 'Crusoe Managed Inference',
    keyVariables: ['CRUSOE_API_KEY'],
    baseUrlVariables: ['CRUSOE_API_BASE'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://managed-inference-api-proxy.crusoecloud.com/v1',
        quirks: OPEN_MODELS,
      },
    ],
    docs: 'https://docs.crusoecloud.com/managed-inference',
  },
  {
    name: 'databricks',
    title: 'Databricks Model Serving',
    keyVariables: ['DATABRICKS_TOKEN'],
    settings: ['host'],
    settingVariables: { host: 'DATABRICKS_HOST' },
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://{host}/serving-endpoints', quirks: OPEN_MODELS }],
    docs: 'https://docs.databricks.com/machine-learning/model-serving',
  },
  {
    name: 'deepinfra',
    title: 'DeepInfra',
    keyVariables: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
    offers: [
      { dialect: 'openai-chat', baseUrl: 'https://api.deepinfra.com/v1/openai', quirks: THINKING_ALOUD },
    ],
    docs: 'https://deepinfra.com/docs',
  },
  {
    name: 'deepseek',
    title: 'DeepSeek',
    keyVariables: ['DEEPSEEK_API_KEY'],
    baseUrlVariables: ['DEEPSEEK_BASE_URL'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.deepseek.com',
        quirks: {
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
    defaultModel: 'deepseek-chat',
    docs: 'https://api-docs.deepseek.com',
  },
  {
    name: 'featherless',
    title: 'Featherless',
    keyVariables: ['FEATHERLESS_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.featherless.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://featherless.ai/docs',
  },
  {
    name: 'fireworks',
    title: 'Fireworks AI',
    keyVariables: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY'],
    offers: [
      { dialect: 'openai-chat', baseUrl: 'https://api.fireworks.ai/inference/v1', quirks: THINKING_ALOUD },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://api.fireworks.ai/inference/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    docs: 'https://docs.fireworks.ai',
  },
  {
    name: 'gemini',
    title: 'Google Gemini API',
    keyVariables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://generativelanguage.googleapis.com/v1beta/openai',
        // Parallel tool calls of a stream may all carry index 0.
        quirks: { ...OPEN_MODELS, conformant: false },
      },
    ],
    defaultModel: 'gemini-2.5-flash',
    priceId: 'google',
    docs: 'https://ai.google.dev/gemini-api/docs/openai',
  },
  {
    name: 'github-models',
    title: 'GitHub Models',
    // The general GITHUB_TOKEN is left alone: it is on every build machine and meant for something else.
    keyVariables: ['GITHUB_MODELS_TOKEN'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://models.github.ai/inference' }],
    docs: 'https://docs.github.com/github-models',
  },
  {
    name: 'gmi',
    title: 'GMI Cloud',
    keyVariables: ['GMI_API_KEY'],
    baseUrlVariables: ['GMI_BASE_URL'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.gmi-serving.com/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.gmicloud.ai',
  },
  {
    name: 'groq',
    title: 'Groq',
    keyVariables: ['GROQ_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.groq.com/openai/v1',
        quirks: {
          textTools: false,
          maxTokensParam: 'max_completion_tokens',
          reasoningField: 'reasoning',
          dropParams: ['logprobs', 'top_logprobs', 'logit_bias', 'n'],
        },
      },
    ],
    defaultModel: 'openai/gpt-oss-120b',
    docs: 'https://console.groq.com/docs',
  },
  {
    name: 'helicone',
    title: 'Helicone AI Gateway',
    keyVariables: ['HELICONE_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://ai-gateway.helicone.ai' }],
    docs: 'https://docs.helicone.ai',
  },
  {
    name: 'huggingface',
    title: 'Hugging Face Inference Providers',
    keyVariables: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
    // One router before many servers: what their streams are like depends on the model.
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://router.huggingface.co/v1',
        quirks: { ...OPEN_MODELS, conformant: false },
      },
    ],
    docs: 'https://huggingface.co/docs/inference-providers',
  },
  {
    name: 'hyperbolic',
    title: 'Hyperbolic',
    keyVariables: ['HYPERBOLIC_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.hyperbolic.xyz/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.hyperbolic.xyz',
  },
  {
    name: 'inference-net',
    title: 'Inference.net',
    keyVariables: ['INFERENCE_NET_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.inference.net/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.inference.net',
  },
  {
    name: 'lambda',
    title: 'Lambda Inference',
    keyVariables: ['LAMBDA_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.lambda.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.lambda.ai',
  },
  {
    name: 'minimax',
    title: 'MiniMax',
    keyVariables: ['MINIMAX_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.minimax.io/v1',
        quirks: { ...THINKING_ALOUD, conformant: false },
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
    keyVariables: ['MISTRAL_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.mistral.ai/v1',
        // Content comes as arrays of parts, tool deltas without index or type.
        quirks: {
          ...OPEN_MODELS,
          renameParams: { seed: 'random_seed' },
          dropParams: ['logit_bias', 'store'],
          toolChoiceRequired: 'any',
          toolCallId: { pattern: 'alphanumeric', length: 9, exact: true },
          streamOptions: false,
          conformant: false,
        },
      },
    ],
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
        quirks: { ...THINKING_ALOUD, imageUrls: false, maxTemperature: 1, conformant: false },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://api.moonshot.ai/anthropic/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    priceId: 'moonshotai',
    docs: 'https://platform.moonshot.ai/docs',
  },
  {
    name: 'nano-gpt',
    title: 'NanoGPT',
    keyVariables: ['NANOGPT_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://nano-gpt.com/api/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.nano-gpt.com',
  },
  {
    name: 'nebius',
    title: 'Nebius Token Factory',
    keyVariables: ['NEBIUS_API_KEY'],
    baseUrlVariables: ['NEBIUS_BASE_URL'],
    offers: [
      { dialect: 'openai-chat', baseUrl: 'https://api.tokenfactory.nebius.com/v1', quirks: OPEN_MODELS },
    ],
    docs: 'https://docs.tokenfactory.nebius.com',
  },
  {
    name: 'novita',
    title: 'Novita AI',
    keyVariables: ['NOVITA_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.novita.ai/v3/openai', quirks: OPEN_MODELS }],
    docs: 'https://novita.ai/docs',
  },
  {
    name: 'nscale',
    title: 'Nscale',
    keyVariables: ['NSCALE_API_KEY', 'NSCALE_SERVICE_TOKEN'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://inference.api.nscale.com/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.nscale.com',
  },
  {
    name: 'nvidia',
    title: 'NVIDIA NIM',
    keyVariables: ['NVIDIA_API_KEY', 'NVIDIA_NIM_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://integrate.api.nvidia.com/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.api.nvidia.com/nim',
  },
  {
    name: 'openrouter',
    title: 'OpenRouter',
    keyVariables: ['OPENROUTER_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://openrouter.ai/api/v1',
        quirks: { reasoningField: 'reasoning' },
      },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://openrouter.ai/api/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
    ],
    docs: 'https://openrouter.ai/docs',
  },
  {
    name: 'ovhcloud',
    title: 'OVHcloud AI Endpoints',
    keyVariables: ['OVH_AI_ENDPOINTS_ACCESS_TOKEN', 'OVHCLOUD_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1',
        quirks: OPEN_MODELS,
      },
    ],
    docs: 'https://help.ovhcloud.com',
  },
  {
    name: 'perplexity',
    title: 'Perplexity',
    keyVariables: ['PERPLEXITY_API_KEY', 'PPLX_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.perplexity.ai',
        // Every chunk repeats the role, the message so far and the usage so far.
        quirks: { ...OPEN_MODELS, tools: false, alternateTurns: true, conformant: false },
      },
    ],
    defaultModel: 'sonar',
    docs: 'https://docs.perplexity.ai',
  },
  {
    name: 'poe',
    title: 'Poe',
    keyVariables: ['POE_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.poe.com/v1', quirks: OPEN_MODELS }],
    docs: 'https://creator.poe.com/docs',
  },
  {
    name: 'publicai',
    title: 'Public AI',
    keyVariables: ['PUBLICAI_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.publicai.co/v1',
        quirks: { ...OPEN_MODELS, contentParts: false },
      },
    ],
    docs: 'https://platform.publicai.co/docs',
  },
  {
    name: 'sambanova',
    title: 'SambaNova',
    keyVariables: ['SAMBANOVA_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.sambanova.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.sambanova.ai',
  },
  {
    name: 'scaleway',
    title: 'Scaleway Generative APIs',
    keyVariables: ['SCW_SECRET_KEY', 'SCALEWAY_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.scaleway.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://www.scaleway.com/en/docs/generative-apis',
  },
  {
    name: 'siliconflow',
    title: 'SiliconFlow',
    keyVariables: ['SILICONFLOW_API_KEY'],
    baseUrlVariables: ['SILICONFLOW_BASE_URL'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.siliconflow.com/v1', quirks: THINKING_ALOUD }],
    docs: 'https://docs.siliconflow.com',
  },
  {
    name: 'synthetic',
    title: 'Synthetic',
    keyVariables: ['SYNTHETIC_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.synthetic.new/openai/v1', quirks: OPEN_MODELS }],
    docs: 'https://dev.synthetic.new/docs',
  },
  {
    name: 'together',
    title: 'Together AI',
    keyVariables: ['TOGETHER_API_KEY', 'TOGETHERAI_API_KEY', 'TOGETHER_AI_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.together.xyz/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.together.ai',
  },
  {
    name: 'upstage',
    title: 'Upstage',
    keyVariables: ['UPSTAGE_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.upstage.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://console.upstage.ai/docs',
  },
  {
    name: 'venice',
    title: 'Venice',
    keyVariables: ['VENICE_API_KEY', 'VENICE_AI_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.venice.ai/api/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.venice.ai',
  },
  {
    name: 'vercel',
    title: 'Vercel AI Gateway',
    keyVariables: ['AI_GATEWAY_API_KEY', 'VERCEL_AI_GATEWAY_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://ai-gateway.vercel.sh/v1' }],
    docs: 'https://vercel.com/docs/ai-gateway',
  },
  {
    name: 'xai',
    title: 'xAI',
    keyVariables: ['XAI_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.x.ai/v1',
        // Chunks lack `finish_reason`; reasoning is counted beside the output, cached input may exceed the input.
        quirks: { reasoningField: 'reasoning_content', reasoningTokens: 'outside', conformant: false },
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
