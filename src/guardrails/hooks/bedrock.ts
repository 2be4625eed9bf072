import { z } from 'zod'
import {
  isArray,
  isObject,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import type { AwsSigner } from '../../kit/sign-aws.ts'
import { defineContract, type HookProblem, type SecretOf } from './contract.ts'
import type { Proof } from './letter.ts'
import { WordLookUp } from './look-up.ts'
import { jsonHeaders, secretOption, tokenOption, trimUrl, urlOption } from './options.ts'
import { packTexts, type Portion } from '../portions.ts'
import type { Reading, Seen } from './seen.ts'

/** It counts, bills and limits units of text, each of 1,000 characters; so many go with one call. */
const CAPACITY = { characters: 25_000, portions: 100 }

const GUARDRAIL = 'the id of a guardrail, or its ARN'
const VERSION = 'DRAFT, or the number of a version'

/**
 * A guardrail of Amazon Bedrock (`POST /guardrail/{id}/version/{version}/apply`,
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html): topics, content, words and personal data as it is
 * set up there.
 */
export const bedrock = defineContract({
  type: 'bedrock',
  says: 'a guardrail of Amazon Bedrock',
  tellsPlaces: true,
  options: z.strictObject({
    url: urlOption.optional(),
    key: secretOption.optional(),
    region: tokenOption.describe('bedrock: the region of the guardrail, such as eu-central-1.'),
    guardrail: z
      .string({ error: GUARDRAIL })
      .regex(/^([a-z0-9]{1,200}|arn:aws[a-z-]*:bedrock:[a-z0-9-]{1,20}:\d{12}:guardrail\/[a-z0-9]+)$/, {
        error: GUARDRAIL,
      })
      .describe('bedrock: its id, or its ARN.'),
    version: z
      .string({ error: VERSION })
      .regex(/^([1-9]\d{0,7}|DRAFT)$/, { error: VERSION })
      .optional()
      .describe('bedrock: its version. Default: DRAFT.'),
    access_key: secretOption.optional().describe('bedrock: beside secret_key, where there is no key.'),
    secret_key: secretOption.optional().describe('bedrock: what requests are signed with.'),
    session_token: secretOption.optional().describe('bedrock: of keys that hold for a while.'),
  }),
  secrets: ['key', 'access_key', 'secret_key', 'session_token'],
  open({ url, key, region, guardrail, version = 'DRAFT', ...signing }, secretOf) {
    const proof = key === undefined ? proofOf(signing, region, secretOf) : undefined
    if (proof !== undefined && 'message' in proof) return proof
    const base = trimUrl(url ?? `https://bedrock-runtime.${region}.amazonaws.com`)
    const address = `${base}/guardrail/${encodeURIComponent(guardrail)}/version/${version}/apply`
    const headers = jsonHeaders(secretOf(key))
    return {
      ask: ({ texts, phase }) =>
        packTexts(texts, CAPACITY).map((portions) => ({
          url: address,
          headers,
          body: JSON.stringify({
            source: phase === 'input' ? 'INPUT' : 'OUTPUT',
            content: portions.map(({ words }) => ({ text: { text: words } })),
          }),
          proof,
          read: (answer) => readAssessments(answer, portions),
        })),
    }
  },
})

interface Signing {
  readonly access_key?: string | undefined
  readonly secret_key?: string | undefined
  readonly session_token?: string | undefined
}

function proofOf(
  { access_key, secret_key, session_token }: Signing,
  region: string,
  secretOf: SecretOf,
): Proof | HookProblem {
  const accessKey = secretOf(access_key)
  const secretKey = secretOf(secret_key)
  if (accessKey === undefined || secretKey === undefined)
    return { option: 'key', message: 'missing; it takes a key of Bedrock, or access_key and secret_key' }
  const signer: AwsSigner = {
    service: 'bedrock',
    region,
    accessKey,
    secretKey,
    sessionToken: secretOf(session_token),
  }
  return { by: 'aws', signer }
}

/** Where a policy tells what it has found, in which members that has its name, and what it is called where it has none. */
interface Policy {
  readonly policy: string
  readonly list: string
  readonly names: readonly string[]
  readonly usual: string
}

const POLICIES: readonly Policy[] = [
  { policy: 'topicPolicy', list: 'topics', names: ['name'], usual: 'topic' },
  { policy: 'contentPolicy', list: 'filters', names: ['type'], usual: 'content' },
  { policy: 'wordPolicy', list: 'customWords', names: [], usual: 'word' },
  { policy: 'wordPolicy', list: 'managedWordLists', names: ['type'], usual: 'word' },
  { policy: 'sensitiveInformationPolicy', list: 'piiEntities', names: ['type'], usual: 'pii' },
  { policy: 'sensitiveInformationPolicy', list: 'regexes', names: ['name'], usual: 'regex' },
  { policy: 'contextualGroundingPolicy', list: 'filters', names: ['type'], usual: 'grounding' },
]

/** Tells what was found and often the words, not where they stand: they are looked up. */
function readAssessments(answer: Json, portions: readonly Portion[]): Reading {
  if (!isObject(answer) || !isArray(answer['assessments'])) return undefined
  const action = readString(answer, 'action')
  if (action === 'NONE') return []
  if (action !== 'GUARDRAIL_INTERVENED') return undefined
  const words = new WordLookUp(portions)
  const seen: Seen[] = []
  for (const assessment of readObjects(answer, 'assessments'))
    for (const policy of POLICIES) for (const each of seenBy(policy, assessment, words)) seen.push(each)
  return seen.length === 0 ? [{ name: 'intervened' }] : seen
}

function seenBy(
  { policy, list, names, usual }: Policy,
  assessment: JsonObject,
  words: WordLookUp,
): readonly Seen[] {
  return readObjects(readObject(assessment, policy) ?? {}, list)
    .filter(hasActed)
    .flatMap((one) => {
      const match = readString(one, 'match')
      const name = nameIn(one, names) ?? usual
      return match === undefined ? [{ name }] : words.find(name, match)
    })
}

/** What was detected only, as the guardrail is set up, is left to it. */
function hasActed(one: JsonObject): boolean {
  return one['detected'] !== false && readString(one, 'action') !== 'NONE'
}

function nameIn(one: JsonObject, names: readonly string[]): string | undefined {
  return names.map((name) => readString(one, name)).find((name) => name !== undefined)
}
