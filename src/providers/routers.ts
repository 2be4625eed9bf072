import type { ProviderDefinition } from './provider.ts'
import { BEARER, OPEN_MODELS, plainResponses, WITHOUT_COUNTING } from './vendor-quirks.ts'

/** Services that stand before many providers, as we do. One row each, as in `labs.ts`. */
export const ROUTERS: readonly ProviderDefinition[] = [
  {
    name: 'aihubmix',
    title: 'AiHubMix',
    keyVariables: ['AIHUBMIX_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://aihubmix.com/v1' }],
    docs: 'https://docs.aihubmix.com',
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
    cancelled: 'bills-whole',
    keyVariables: ['HF_TOKEN', 'HUGGINGFACE_API_KEY'],
    keyPrefixes: ['hf_'],
    // One router before many servers: what their streams are like depends on the model.
    offers: [
      {
        dialect: 'openai-chat',
        baseUrl: 'https://router.huggingface.co/v1',
        quirks: { ...OPEN_MODELS, conformant: false },
      },
      // https://huggingface.co/docs/inference-providers/guides/responses-api, a beta in front of the same servers.
      plainResponses('https://router.huggingface.co/v1', { hostedTools: ['mcp'] }),
    ],
    docs: 'https://huggingface.co/docs/inference-providers',
  },
  {
    name: 'nano-gpt',
    title: 'NanoGPT',
    keyVariables: ['NANOGPT_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://nano-gpt.com/api/v1', quirks: OPEN_MODELS }],
    docs: 'https://docs.nano-gpt.com',
  },
  {
    name: 'openrouter',
    title: 'OpenRouter',
    keyVariables: ['OPENROUTER_API_KEY'],
    keyPrefixes: ['sk-or-'],
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
      // https://openrouter.ai/docs/api-reference/responses-api/overview
      plainResponses('https://openrouter.ai/api/v1'),
    ],
    serves: ['rerank'],
    docs: 'https://openrouter.ai/docs',
  },
  {
    name: 'poe',
    title: 'Poe',
    keyVariables: ['POE_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://api.poe.com/v1', quirks: OPEN_MODELS }],
    docs: 'https://creator.poe.com/docs',
  },
  {
    name: 'vercel',
    title: 'Vercel AI Gateway',
    keyVariables: ['AI_GATEWAY_API_KEY', 'VERCEL_AI_GATEWAY_API_KEY'],
    offers: [{ dialect: 'openai-chat', baseUrl: 'https://ai-gateway.vercel.sh/v1' }],
    docs: 'https://vercel.com/docs/ai-gateway',
  },
]
