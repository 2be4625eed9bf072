import { z } from 'zod'
import type { PromptPrefixes } from '../routing/prompt-prefixes.ts'
import type { AdminRoute } from './admin-route.ts'
import { jsonResponse } from './problem.ts'

const changingPrompt = z.object({
  key: z.string().describe('Name of the key.'),
  route: z.string(),
  from_byte: z.int().describe('The first byte of the system prompt that changes is this one or behind it …'),
  before_byte: z.int().describe('… and before this one.'),
  compared: z.int().describe('Calls that were compared with the one before them.'),
  changed: z.int().describe('Those of them whose system prompt differed.'),
  cached_share: z.number().describe('Share of the input that was read from a cache of a provider.'),
})

/** Whose prompts no provider can cache. */
export function promptRoutes(needs: { readonly prompts: PromptPrefixes }): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/changing-prompts',
      summary:
        'Keys and routes whose system prompt changes with every call, so that no provider can cache it.',
      answer: { status: 200, schema: z.object({ data: z.array(changingPrompt) }) },
      handle: () =>
        jsonResponse({
          data: needs.prompts.all().map((found) => ({
            key: found.key,
            route: found.route,
            from_byte: found.fromByte,
            before_byte: found.beforeByte,
            compared: found.compared,
            changed: found.changed,
            cached_share: found.cachedShare,
          })),
        }),
    },
  ]
}
