import type { LimitLeft } from '../exchange/provider-limit.ts'
import type { Credential } from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import type { Secret } from '../kit/secret.ts'
import type { DetectedProvider } from '../providers/detect.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import { HIDDEN_VALUE, type PathStep, type ProblemDraft } from './problems.ts'
import type { ProviderConfig } from './schema/providers.ts'
import { isReference, type SecretsByReference } from './secrets.ts'

/** What credentials are made from. */
export interface CredentialSources {
  readonly found: readonly DetectedProvider[]
  readonly secrets: SecretsByReference
  /** True for a key that the gateway gives to applications. */
  readonly isOwnKey: (secret: Secret) => boolean
}

/** Why an entry gives no provider. */
export type Refused = { readonly drafts: readonly ProblemDraft[] }

/** The credentials of a provider, and where they come from. */
export interface Pool {
  readonly credentials: readonly Credential[]
  readonly from: string
  /** True when the file left the key to the environment. */
  readonly detected: boolean
}

export interface PoolContext {
  readonly definition: ProviderDefinition
  readonly sources: CredentialSources
  readonly path: readonly PathStep[]
}

type DeclaredKey = NonNullable<ProviderConfig['keys']>[number]

/** Gathers the credentials that an entry names, or the one that was found where it names none. */
export function credentialsOf(name: string, entry: ProviderConfig, context: PoolContext): Pool | Refused {
  const { sources, path } = context
  if (entry.key !== undefined && entry.keys !== undefined) {
    return {
      drafts: [{ path: [...path, 'keys'], message: 'key and keys exclude each other', hint: 'Keep keys.' }],
    }
  }
  const declared: readonly DeclaredKey[] =
    entry.keys ?? (entry.key === undefined ? [] : [{ name: 'default', value: entry.key, weight: 1 }])
  if (declared.length > 0) {
    const repeated = declared.findIndex(
      (key, index) => declared.findIndex((other) => other.name === key.name) < index,
    )
    if (repeated >= 0) {
      const twice = declared[repeated]?.name ?? ''
      return {
        drafts: [{ path: [...path, 'keys', repeated, 'name'], message: `two keys are called ${twice}` }],
      }
    }
    const own = declared.findIndex(({ value }) => isOwnKey(value, sources))
    if (own >= 0 && entry.base_url === undefined) return { drafts: [ownKey(name, entry, { path, own })] }
    const credentials = declared.flatMap((key) => {
      const secret = sources.secrets.get(key.value)
      if (secret === undefined) return []
      const limits = limitsOf(key)
      return [{ id: `${name}/${key.name}`, secret, weight: key.weight, ...defined({ limits }) }]
    })
    return { credentials, from: describeReferences(declared), detected: false }
  }
  // A key found in the environment belongs to the provider's own address and goes nowhere else.
  if (entry.base_url !== undefined) return { credentials: [], from: 'declared', detected: false }
  return keyFromEnvironment(name, context)
}

/** All of it is there when the gateway starts: nobody knows what was used before. */
function limitsOf({ rpm, tpm }: DeclaredKey): readonly LimitLeft[] | undefined {
  const limits: LimitLeft[] = []
  if (rpm !== undefined) limits.push({ counts: 'requests', limit: rpm, left: rpm })
  if (tpm !== undefined) limits.push({ counts: 'tokens', limit: tpm, left: tpm })
  return limits.length === 0 ? undefined : limits
}

function isOwnKey(reference: string, { secrets, isOwnKey: isOurs }: CredentialSources): boolean {
  const secret = secrets.get(reference)
  return secret !== undefined && isOurs(secret)
}

/** A shell that evaluated `gatehouse env` holds our key under the provider's name: it must not be shown to the provider. */
function ownKey(
  name: string,
  entry: ProviderConfig,
  { path, own }: { readonly path: readonly PathStep[]; readonly own: number },
): ProblemDraft {
  return {
    path: entry.keys === undefined ? [...path, 'key'] : [...path, 'keys', own, 'value'],
    message: `this is a key of Gatehouse, which ${name} does not know`,
    value: HIDDEN_VALUE,
    hint: 'Was it set by `gatehouse env`? Start in a shell without it, or write base_url when it is for another Gatehouse.',
  }
}

function describeReferences(keys: readonly { readonly value: string }[]): string {
  const names = keys.map(({ value }) => (isReference(value) ? value.replace(/^env:/, '') : 'plain text'))
  return names.join(', ')
}

/** No key in the file: the one that was found with the provider, or none where the server needs none. */
function keyFromEnvironment(name: string, { definition, sources, path }: PoolContext): Pool | Refused {
  const found = sources.found.find((candidate) => candidate.name === definition.name)
  const secret = found?.secret
  if (found !== undefined && secret !== undefined) {
    return { credentials: [{ id: `${name}/default`, secret, weight: 1 }], from: found.from, detected: true }
  }
  if (definition.keyVariables.length === 0) {
    return { credentials: [], from: found?.from ?? 'declared', detected: true }
  }
  const [variable = ''] = definition.keyVariables
  return {
    drafts: [{ path, message: `${name} has no key`, hint: `Set ${variable}, or write key: env:NAME.` }],
  }
}
