import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import { Secret } from '../kit/secret.ts'
import type { Credential } from '../exchange/target.ts'
import type { ProviderDefinition } from './provider.ts'

/** The simulated provider: a server of our own that speaks the same dialects. Boot says at which port it listens. */
export const simulated: ProviderDefinition = {
  name: 'sim',
  title: 'Simulated provider',
  cancelled: 'stops',
  keyVariables: [],
  settings: ['port'],
  offers: [
    { dialect: 'openai-chat', baseUrl: 'http://127.0.0.1:{port}/v1' },
    {
      dialect: 'anthropic-messages',
      baseUrl: 'http://127.0.0.1:{port}/v1',
      quirks: { unsealedReasoning: false },
    },
    { dialect: 'openai-responses', baseUrl: 'http://127.0.0.1:{port}/v1' },
    { dialect: 'gemini', baseUrl: 'http://127.0.0.1:{port}/v1beta' },
    { dialect: 'cohere', baseUrl: 'http://127.0.0.1:{port}/v2' },
  ],
  models: [
    { match: /^embed(?:\?|$)/, capabilities: { operations: ['embed'] } },
    { match: /^rerank(?:\?|$)/, capabilities: { operations: ['rerank'] } },
    { match: /^moderate(?:\?|$)/, capabilities: { operations: ['moderate'] } },
    { match: /^/, capabilities: { operations: ['chat', 'count-tokens'] } },
  ],
  serves: OPERATION_NAMES,
  defaultModel: 'smart',
  simulated: true,
  // A rehearsed refusal concerns the model that plays it, and no other.
  accountPerModel: true,
  docs: 'src/drills/README.md',
}

/** Its credential, which is no secret: it opens nothing. */
export function simulatedCredential(): Credential {
  return { id: 'sim/built-in', secret: new Secret('simulated'), weight: 1 }
}
