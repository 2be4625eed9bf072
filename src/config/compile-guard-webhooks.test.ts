import { describe, expect, test } from 'bun:test'
import { CONTRACTS } from '../guardrails/hooks/all.ts'
import { hideSecrets } from './hide-secrets.ts'
import { sampleExchange } from '../policies/samples.fixture.ts'
import { compileText, problemsOf } from './compile.fixture.ts'
import { configJsonSchema } from './schema-names.ts'

const file = (webhook: string, rest = 'action: flag'): string =>
  `routes: { support: [sim/smart] }\nguardrails:\n  a: { webhook: { ${webhook} }, ${rest} }\n`

const PRESIDIO = 'type: presidio, url: "https://p.example"'
const AZURE = 'type: azure, url: "https://a.example"'
const BEDROCK = 'type: bedrock, region: eu-central-1, guardrail: abc'
const environment = { KEY: 'key-1', SIGNING: `whsec_${Buffer.alloc(32).toString('base64')}` }

describe('webhooks of guardrails', () => {
  test.each([
    [PRESIDIO, 'action: mask'],
    ['type: presidio, url: "http://p:5002", private: true, language: de, threshold: 0', 'action: mask'],
    [`${AZURE}, key: env:KEY, look_for: [harm], severity: 2, categories: [Hate]`, 'action: block'],
    [`${BEDROCK}, key: env:KEY`, 'action: block'],
    [`${BEDROCK}, access_key: env:KEY, secret_key: env:KEY, session_token: env:KEY`, 'action: block'],
    ['type: lakera, key: env:KEY', 'action: restrict, only: { providers: [sim] }'],
    ['type: generic, url: "https://g.example/x?y=1", secret: env:SIGNING, offsets: utf-16', 'action: mask'],
    ['type: litellm, url: "https://l.example"', 'action: mask'],
  ])('%s, %s', (webhook, rest) => {
    const text = file(webhook, rest)
    expect(problemsOf(text, { environment, strict: true })).toBe('')
    const [guardrail] = compileText(text, { environment }).plan?.guardrails?.all ?? []
    expect(guardrail).toMatchObject({ kind: 'webhook', budgetMs: 2_000, check: {} })
  })

  test.each([
    ['type: presido, url: "https://p.example"', 'Did you mean "presidio"?'],
    [`${PRESIDIO}, languag: de`, 'Did you mean "language"?'],
    [`${PRESIDIO}, severity: 2`, 'presidio takes url, key, language, entities, threshold'],
    ['type: presidio', 'guardrails.a.webhook.url: missing'],
    ['type: presidio, url: "http://p:5002"', 'for your own network: private: true'],
    ['type: presidio, url: "ftp://p"', 'expected an http or https URL'],
    ['type: presidio, url: "https://user:word@p.example"', 'expected an http or https URL'],
    [`${PRESIDIO}, language: german`, 'a language of two letters'],
    [`${PRESIDIO}, threshold: 2`, 'a number from 0 to 1'],
    [`${AZURE}, severity: 3`, '2, 4 or 6'],
    [`${AZURE}, key: env:NONE`, 'guardrails.a.webhook.key: the environment variable NONE is not set'],
    [`${AZURE}, key: plain`, 'a secret stands here in plain text'],
    [BEDROCK, 'guardrails.a.webhook.key: missing; it takes a key of Bedrock, or access_key and secret_key'],
    [`${BEDROCK}, access_key: env:KEY`, 'access_key and secret_key'],
    ['type: bedrock, region: "eu/../x", guardrail: abc, key: env:KEY', 'letters, digits'],
    ['type: generic, url: "https://g.example", secret: env:KEY', 'whsec_ and 24 to 64 bytes'],
  ])('mistakes are told: %s', (webhook, told) => {
    expect(problemsOf(file(webhook), { environment })).toContain(told)
  })

  test('what does not say where something stands cannot mask', () => {
    expect(problemsOf(file(`${AZURE}, key: env:KEY`, 'action: mask'), { environment })).toContain(
      'guardrails.a.webhook.type: azure says what is in a text and not where',
    )
  })

  test('keys in plain text are hidden wherever the file is shown, of every contract', () => {
    const secrets = CONTRACTS.flatMap(({ options }) => Object.keys(options)).filter((name) =>
      /key|secret|token/.test(name),
    )
    const webhook = Object.fromEntries(secrets.map((name) => [name, 'plain']))
    const shown = hideSecrets({ guardrails: { a: { webhook } } }, configJsonSchema())
    expect(new Set(secrets).size).toBe(5)
    expect(JSON.stringify(shown)).not.toContain('plain')
  })

  test('no option of two contracts has two meanings', () => {
    const meanings = new Map<string, Set<unknown>>()
    for (const { options } of CONTRACTS)
      for (const [name, option] of Object.entries(options))
        meanings.set(name, (meanings.get(name) ?? new Set()).add(option.description))
    expect([...meanings].filter(([, said]) => said.size > 1)).toEqual([])
  })

  test('a plan that is made to be looked at, or rehearsed, asks nobody and finds nothing', async () => {
    const [guardrail] = compileText(file(PRESIDIO)).plan?.guardrails?.all ?? []
    const asked = { phase: 'input', texts: ['Ana'], exchange: sampleExchange() } as const
    const { signal } = new AbortController()
    expect(await guardrail?.check?.judge({ ...asked, signal })).toEqual({})
  })
})
