import { z } from 'zod'
import { createHookCheck } from '../hooks/ask-hook.ts'
import { CONTRACTS } from '../hooks/all.ts'
import type { Contract, WrittenHook } from '../hooks/contract.ts'
import { secretOption, urlOption } from '../hooks/options.ts'
import { defineKind, type KindParts } from './kind.ts'

const TYPES = CONTRACTS.map(({ type }) => type)

/** So much of the time of a guardrail a server may take, so that it is known that the server was slow, not the guardrail. */
const SHARE_OF_BUDGET = 0.9

/** What all contracts have. */
const COMMON = {
  type: z
    .enum(TYPES, { error: `one of ${TYPES.join(', ')}` })
    .describe(`How it is asked: ${CONTRACTS.map(({ type, says }) => `${type}, ${says}`).join('; ')}.`),
  url: urlOption
    .optional()
    .describe('Where it is; of what somebody else runs for everybody, the usual place is known.'),
  key: secretOption.optional().describe('The key that it asks for.'),
  private: z
    .boolean({ error: 'true or false' })
    .optional()
    .describe('It may be at an address of your own network, and need not be https.'),
}

/** What only some have, each to be left out: which of it a type takes is checked when the type is known. */
const others: Readonly<Record<string, z.ZodType>> = Object.fromEntries(
  CONTRACTS.flatMap(({ options }) => Object.entries(options))
    .filter(([name]) => !(name in COMMON))
    .map(([name, option]) => {
      const { description } = option
      return [name, description === undefined ? option.optional() : option.optional().describe(description)]
    }),
)

const optionsSchema = z
  .strictObject({ ...COMMON, ...others })
  .transform(({ type, private: isPrivate = false, ...written }, { addIssue }) => {
    const contract = CONTRACTS.find((one) => one.type === type)
    const said = Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined))
    const hook = contract?.read(said) ?? { issues: [] }
    if (!isPrivate && written.url?.startsWith('http:') === true)
      addIssue({
        code: 'custom',
        path: ['url'],
        message: 'an https URL; for your own network: private: true',
      })
    if ('open' in hook && contract !== undefined) return { hook, contract, isPrivate }
    const issues = 'issues' in hook ? hook.issues : []
    for (const { path, message } of issuesOf(issues, contract)) addIssue({ code: 'custom', path, message })
    return z.NEVER
  })

function issuesOf(issues: readonly z.core.$ZodIssue[], contract: Contract | undefined) {
  return issues.flatMap((issue): { path: PropertyKey[]; message: string }[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({
          path: [...issue.path, key],
          message: `nothing here: ${contract?.type ?? ''} takes ${Object.keys(contract?.options ?? {}).join(', ')}`,
        }))
      : [{ path: [...issue.path], message: issue.message }],
  )
}

/** Another server that says what is in the texts. */
export const webhook = defineKind({
  name: 'webhook',
  summary: `what a server of guardrails says when it is asked (${TYPES.join(', ')})`,
  isCheck: true,
  options: optionsSchema,
  secrets: ({ hook }) => hook.secrets.map(({ option, reference }) => ({ path: [option], reference })),
  compile: compileHook,
})

interface Asking {
  readonly hook: WrittenHook
  readonly contract: Contract
  readonly isPrivate: boolean
}

function compileHook({ hook: written, contract, isPrivate }: Asking, parts: KindParts) {
  const { secretOf, rule, letters } = parts
  if (rule.action === 'mask' && !contract.tellsPlaces)
    return { problems: [{ path: ['type'], message: `${contract.type} ${NO_PLACES}` }] }
  const hook = written.open((reference) => (reference === undefined ? undefined : secretOf(reference)))
  // A secret that is missing is told where secrets are looked for.
  if (hook === undefined) return { problems: [] }
  if ('message' in hook) {
    const { option, ...problem } = hook
    return { problems: [{ path: [option], ...problem }] }
  }
  const limitMs = rule.budgetMs * SHARE_OF_BUDGET
  const needsPlaces = rule.action === 'mask'
  return { check: createHookCheck(hook, { guardrail: rule.name, isPrivate, letters, needsPlaces, limitMs }) }
}

const NO_PLACES = 'says what is in a text and not where: nothing can be masked by it'
