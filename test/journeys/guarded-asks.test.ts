import { afterAll, beforeAll, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { ask } from './asking.ts'

/*
 * What the gateway asks on behalf of a request says nothing that the request does not say any more, and goes nowhere that the request
 * may not go.
 */

const MAIL = 'ana.lopez@example.com'

let provider: SimulatedProvider
let gateway: RunningGateway

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  const of = (region: string): string =>
    `{ type: sim, base_url: "${provider.url}/v1", key: env:KEY, dialects: [openai-chat], region: ${region} }`
  gateway = await openRunningGateway({
    config: `
providers: { eu: ${of('eu')}, us: ${of('us')} }
guardrails:
  data: { detect: [personal], action: mask, phases: [input], routes: [judged] }
  sensitive: { detect: [personal], action: restrict, only: { region: eu }, routes: [anywhere] }
routes:
  judged: { targets: [eu/smart, eu/echo], escalate: { judge: { route: us/judge } } }
  anywhere: { targets: ["us/smart?error=503", eu/echo], fallback: { to: [us/echo] } }
`,
    environment: { KEY: TEST_CREDENTIAL },
  })
})

afterAll(async () => {
  await gateway.close()
  await provider.close()
})

const say = (model: string, text: string) =>
  ask(gateway.url, { dialect: 'openai-chat', mode: 'unary', model, key: gateway.key, text, maxTokens: 256 })

test('a judge reads what was masked', async () => {
  const answer = await say('judged', `Who is ${MAIL}?`)
  expect(answer.status).toBe(200)
  const bodies = provider.requests.all().map(({ body }) => new TextDecoder().decode(body))
  expect(bodies).toHaveLength(2)
  for (const body of bodies) {
    expect(body).toMatch(/<EMAIL_[0-9A-Z]{4}>/)
    expect(body).not.toContain(MAIL)
  }
})

test('where something was found, nobody outside is asked, whoever stands first', async () => {
  const [plain, sensitive] = [await say('anywhere', 'Hello.'), await say('anywhere', MAIL)]
  expect(plain.headers.get('x-gatehouse-attempts')).toContain('us/smart')
  expect(sensitive.headers.get('x-gatehouse-attempts')).toMatch(/^1; eu\/echo@eu=ok/)
  expect(sensitive.headers.get('x-gatehouse-guardrails')).toBe('sensitive=restricted(1)')
  expect(sensitive.text).toBe(MAIL)
})
