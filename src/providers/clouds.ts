import { USUAL_LIMITS } from './limit-headers.ts'
import type { ProviderDefinition } from './provider.ts'
import {
  BEARER,
  OPEN_CHAT,
  OPEN_MODELS,
  OPEN_VECTORS,
  plainResponses,
  PASSAGES,
  THINKING_ALOUD,
  THINKING_VECTORS,
  WITHOUT_COUNTING,
  WITHOUT_EMBEDDINGS,
} from './vendor-quirks.ts'

/** Companies that run open models of others behind an OpenAI-compatible API. One row each, as in `labs.ts`. */
export const CLOUDS: readonly ProviderDefinition[] = [
  {
    name: 'avian',
    title: 'Avian',
    cancelled: 'bills-generated',
    keyVariables: ['AVIAN_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.avian.io/v1', quirks: OPEN_CHAT }],
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
    limitHeaders: USUAL_LIMITS,
    keyVariables: ['CEREBRAS_API_KEY'],
    keyPrefixes: ['csk-'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.cerebras.ai/v1',
        quirks: {
          ...WITHOUT_EMBEDDINGS,
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
    cancelled: 'bills-generated',
    keyVariables: ['CHUTES_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://llm.chutes.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://chutes.ai/docs',
  },
  {
    name: 'cloudflare',
    title: 'Cloudflare Workers AI',
    cancelled: 'bills-generated',
    keyVariables: ['CLOUDFLARE_API_TOKEN', 'CLOUDFLARE_API_KEY'],
    settings: ['account_id'],
    settingVariables: { account_id: 'CLOUDFLARE_ACCOUNT_ID' },
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.cloudflare.com/client/v4/accounts/{account_id}/ai/v1',
        // Deltas that are numbers arrive as JSON numbers.
        quirks: { ...OPEN_VECTORS, conformant: false },
      },
    ],
    docs: 'https://developers.cloudflare.com/workers-ai',
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
    keyPrefixes: ['dapi'],
    settings: ['host'],
    settingVariables: { host: 'DATABRICKS_HOST' },
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://{host}/serving-endpoints', quirks: OPEN_MODELS }],
    docs: 'https://docs.databricks.com/machine-learning/model-serving',
  },
  {
    name: 'deepinfra',
    title: 'DeepInfra',
    cancelled: 'bills-generated',
    keyVariables: ['DEEPINFRA_API_KEY', 'DEEPINFRA_TOKEN'],
    offers: [
      { dialect: 'openai-chat', baseUrl: 'https://api.deepinfra.com/v1/openai', quirks: THINKING_VECTORS },
    ],
    docs: 'https://deepinfra.com/docs',
  },
  {
    name: 'featherless',
    title: 'Featherless',
    cancelled: 'bills-whole',
    keyVariables: ['FEATHERLESS_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.featherless.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://featherless.ai/docs',
  },
  {
    name: 'fireworks',
    title: 'Fireworks AI',
    cancelled: 'bills-generated',
    limitHeaders: USUAL_LIMITS,
    keyVariables: ['FIREWORKS_API_KEY', 'FIREWORKS_AI_API_KEY'],
    keyPrefixes: ['fw_'],
    offers: [
      { dialect: 'openai-chat', baseUrl: 'https://api.fireworks.ai/inference/v1', quirks: THINKING_ALOUD },
      {
        dialect: 'anthropic-messages',
        baseUrl: 'https://api.fireworks.ai/inference/v1',
        auth: BEARER,
        quirks: WITHOUT_COUNTING,
      },
      // https://docs.fireworks.ai/guides/response-api
      plainResponses('https://api.fireworks.ai/inference/v1', { hostedTools: ['mcp', 'sse'] }),
    ],
    docs: 'https://docs.fireworks.ai',
  },
  {
    name: 'github-models',
    title: 'GitHub Models',
    // The general GITHUB_TOKEN is left alone: it is on every build machine and meant for something else.
    keyVariables: ['GITHUB_MODELS_TOKEN'],
    keyPrefixes: ['ghp_', 'github_pat_'],
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
    cancelled: 'bills-whole',
    limitHeaders: USUAL_LIMITS,
    keyVariables: ['GROQ_API_KEY'],
    keyPrefixes: ['gsk_'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.groq.com/openai/v1',
        quirks: {
          ...WITHOUT_EMBEDDINGS,
          textTools: false,
          maxTokensParam: 'max_completion_tokens',
          reasoningField: 'reasoning',
          dropParams: ['logprobs', 'top_logprobs', 'logit_bias', 'n'],
        },
      },
      // https://console.groq.com/docs/responses-api (stateless), .../docs/tool-use/built-in-tools and .../docs/tool-use/remote-mcp.
      plainResponses('https://api.groq.com/openai/v1', {
        hostedTools: ['browser_search', 'code_interpreter', 'mcp'],
      }),
    ],
    // https://console.groq.com/docs/deprecations, November 2026.
    retirements: [
      { models: /^llama-3\.3-70b-versatile$/, on: '2026-08-16', successor: 'openai/gpt-oss-120b' },
    ],
    defaultModel: 'openai/gpt-oss-120b',
    // At the usual price: https://console.groq.com/docs/flex-processing, November 2026.
    serviceTiers: [{ tier: 'flex', times: [1n, 1n] }],
    docs: 'https://console.groq.com/docs',
  },
  {
    name: 'hyperbolic',
    title: 'Hyperbolic',
    cancelled: 'bills-generated',
    keyVariables: ['HYPERBOLIC_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.hyperbolic.xyz/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.hyperbolic.xyz',
  },
  {
    name: 'inference-net',
    title: 'Inference.net',
    cancelled: 'bills-whole',
    keyVariables: ['INFERENCE_NET_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.inference.net/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.inference.net',
  },
  {
    name: 'lambda',
    title: 'Lambda Inference',
    cancelled: 'bills-whole',
    keyVariables: ['LAMBDA_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.lambda.ai/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.lambda.ai',
  },
  {
    name: 'nebius',
    title: 'Nebius Token Factory',
    cancelled: 'bills-whole',
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
    cancelled: 'bills-generated',
    keyVariables: ['NOVITA_API_KEY'],
    keyPrefixes: ['sk_'],
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
    keyPrefixes: ['nvapi-'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://integrate.api.nvidia.com/v1',
        quirks: { ...OPEN_MODELS, ...PASSAGES },
      },
    ],
    docs: 'https://docs.api.nvidia.com/nim',
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
    name: 'publicai',
    title: 'Public AI',
    keyVariables: ['PUBLICAI_API_KEY'],
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.publicai.co/v1',
        quirks: { ...OPEN_CHAT, contentParts: false },
      },
    ],
    docs: 'https://platform.publicai.co/docs',
  },
  {
    name: 'sambanova',
    title: 'SambaNova',
    cancelled: 'bills-whole',
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
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.siliconflow.com/v1', quirks: THINKING_VECTORS }],
    serves: ['rerank'],
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
    cancelled: 'bills-generated',
    limitHeaders: USUAL_LIMITS,
    keyVariables: ['TOGETHER_API_KEY', 'TOGETHERAI_API_KEY', 'TOGETHER_AI_API_KEY'],
    keyPrefixes: ['tgp_'],
    // https://docs.together.ai/reference/rerank-1
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://api.together.xyz/v1',
        quirks: { ...OPEN_VECTORS, ranking: { objects: true } },
      },
    ],
    serves: ['rerank'],
    // "1.25× the standard serverless rate" (https://docs.together.ai/docs/serverless/geo-specific-inference).
    regionalPrices: [{ hosts: /^(?:us|ca)-api\.together\.ai$/, times: [5n, 4n] }],
    docs: 'https://docs.together.ai',
  },
  {
    name: 'venice',
    title: 'Venice',
    keyVariables: ['VENICE_API_KEY', 'VENICE_AI_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.venice.ai/api/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.venice.ai',
  },
]
