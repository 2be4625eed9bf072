import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { DIALECTS } from '../../src/dialects/all.ts'
import { openTestProvider, TEST_CREDENTIAL } from '../../src/drills/open-test-provider.fixture.ts'
import type { SimulatedProvider } from '../../src/drills/simulated-provider.ts'
import { CLIENT_DIALECTS, MODES } from '../modes.ts'
import { openRunningGateway, type RunningGateway } from '../running-gateway.ts'
import { ask } from './asking.ts'

/*
 * What a guardrail has masked in a question stands in the answer as the client wrote it, and no provider has seen it.
 */

const MAIL = 'ana.lopez@example.com'
const SAID = `Dear ${MAIL}, <EMAIL_0000> < is not you; ${MAIL} is.`

let provider: SimulatedProvider
let gateway: RunningGateway

beforeAll(async () => {
  provider = await openTestProvider(DIALECTS)
  gateway = await openRunningGateway({
    config: `
providers:
${CLIENT_DIALECTS.map((name) => `  ${name}: { type: sim, base_url: "${provider.url}/${name === 'gemini' ? 'v1beta' : 'v1'}", key: env:KEY, dialects: [${name}] }`).join('\n')}
guardrails:
  data: { detect: [personal], action: mask, as: PERSON, routes: ["put-back-*"] }
  kept: { detect: [personal], action: mask, restore: false, routes: ["kept-*"] }
routes:
${CLIENT_DIALECTS.flatMap((name) => [`  put-back-${name}: [${name}/echo]`, `  kept-${name}: [${name}/echo]`]).join('\n')}
`,
    environment: { KEY: TEST_CREDENTIAL },
  })
})

afterAll(async () => {
  await gateway.close()
  await provider.close()
})

const CELLS = CLIENT_DIALECTS.flatMap((dialect) =>
  CLIENT_DIALECTS.flatMap((target) =>
    MODES.map((mode) => ({ name: `${dialect} → ${target}, ${mode}`, dialect, target, mode })),
  ),
)

describe.each(CELLS)('$name', ({ dialect, target, mode }) => {
  const say = (route: string) =>
    ask(gateway.url, {
      dialect,
      mode,
      model: `${route}-${target}`,
      key: gateway.key,
      text: SAID,
      maxTokens: 256,
    })

  test('is answered with what it says', async () => {
    const before = provider.requests.all().length
    const answer = await say('put-back')
    expect(answer).toMatchObject({ status: 200, complete: true, text: SAID })
    const sent = provider.requests
      .all()
      .slice(before)
      .map(({ body }) => new TextDecoder().decode(body))
      .join('')
    expect(sent).not.toContain(MAIL)
    expect(sent).toMatch(/Dear (?:<|\\u003c)PERSON_[0-9A-Z]{4}/)
  })

  test('is answered with placeholders where nothing is to be put back', async () => {
    const { text } = await say('kept')
    expect(text.replaceAll(/<EMAIL_(?!0000)[0-9A-Z]{4}>/g, MAIL)).toBe(SAID)
    expect(text).not.toContain(MAIL)
  })
})
