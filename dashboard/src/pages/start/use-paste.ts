import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { PostProvidersNameTry, PutConfigObjectsSectionName, PutSecretsName } from '../../api/answers.ts'
import type { Ask } from '../../api/ask.ts'
import { useServices } from '../../app/services.tsx'

/** A key that was pasted, and whose it is. */
export interface Pasted {
  readonly name: string
  readonly key: string
  readonly baseUrl: string | undefined
  readonly settings: Readonly<Record<string, string>>
}

/** What the provider said, and where the key is now; nothing was kept where `version` is absent. */
export interface Connected {
  readonly name: string
  readonly tried: PostProvidersNameTry
  /** The version of the configuration that has the provider. */
  readonly version?: number
}

/**
 * Tries a key at its provider; where it is not refused, has it sealed in the store and the provider named in the configuration, as a version.
 * What was stored is forgotten again where the configuration does not take it.
 */
export function usePaste() {
  const { ask } = useServices()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (pasted: Pasted) => connect(pasted, ask),
    onSuccess: () => queries.invalidateQueries(),
    // What was pasted is not kept longer than it takes.
    gcTime: 0,
  })
}

async function connect({ name, key, baseUrl, settings }: Pasted, ask: Ask): Promise<Connected> {
  const address = {
    ...(baseUrl === undefined ? {} : { base_url: baseUrl }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
  }
  const tried = await ask<PostProvidersNameTry>(`/api/v1/providers/${encodeURIComponent(name)}/try`, {
    method: 'POST',
    body: { key, ...address },
  })
  if (tried.verdict === 'refused' || tried.verdict === 'unreachable') return { name, tried }
  const secret = `/api/v1/secrets/${encodeURIComponent(`${name}-key`)}`
  await ask<PutSecretsName>(secret, { method: 'PUT', body: { value: key } })
  try {
    const made = await ask<PutConfigObjectsSectionName>(
      `/api/v1/config/objects/providers/${encodeURIComponent(name)}`,
      {
        method: 'PUT',
        body: {
          value: { key: `stored:${name}-key`, ...address },
          comment: `${name} is connected by a pasted key`,
        },
      },
    )
    return { name, tried, version: made.version.number }
  } catch (thrown) {
    await ask(secret, { method: 'DELETE' }).catch(() => undefined)
    throw thrown
  }
}
