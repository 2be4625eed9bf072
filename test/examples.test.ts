import { describe, expect, test } from 'bun:test'
import { Glob } from 'bun'
import { createSeededRandom } from '../src/kit/random.ts'
import { mintKey } from '../src/exchange/virtual-key.ts'
import { problemsOf } from '../src/config/compile.fixture.ts'

const root = new URL('../', import.meta.url)

describe('the examples', () => {
  const key = mintKey({ environment: 'live', random: createSeededRandom(3), hmac: () => 'x' }).text.reveal()
  const other = mintKey({ environment: 'live', random: createSeededRandom(4), hmac: () => 'x' }).text.reveal()
  const environment = {
    OPENAI_API_KEY: 'sk-1',
    OPENAI_EU_API_KEY: 'sk-2',
    ANTHROPIC_API_KEY: 'sk-3',
    ANTHROPIC_API_KEY_2: 'sk-4',
    GROQ_API_KEY: 'sk-5',
    HELPDESK_KEY: key,
    CI_KEY: other,
    GATEHOUSE_ADMIN_TOKEN: 'token',
    OTLP_AUTHORIZATION: 'Bearer token',
    WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
    WEBHOOK_AUTHORIZATION: 'Bearer token',
    S3_ACCESS_KEY: 'access',
    S3_SECRET_KEY: 'secret',
    CLICKHOUSE_USER: 'gatehouse',
    CLICKHOUSE_PASSWORD: 'password',
    LANGFUSE_PUBLIC_KEY: 'pk-lf-1',
    LANGFUSE_SECRET_KEY: 'sk-lf-1',
    ALERT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32).toString('base64')}`,
    SLACK_WEBHOOK_URL: 'https://hooks.slack.com/services/x',
    SMTP_PASSWORD: 'password',
    LAKERA_GUARD_API_KEY: 'key',
    CONTENT_SAFETY_KEY: 'key',
    AWS_BEARER_TOKEN_BEDROCK: 'key',
    AWS_ACCESS_KEY_ID: 'access',
    AWS_SECRET_ACCESS_KEY: 'secret',
  }
  const files = [...new Glob('examples/**/*.yaml').scanSync(root.pathname)]

  test('there are at least four', () => {
    expect(files.length).toBeGreaterThanOrEqual(4)
  })

  test.each(files)('%s has neither mistakes nor warnings', async (file) => {
    expect(problemsOf(await Bun.file(new URL(file, root)).text(), { environment, strict: true })).toBe('')
  })

  test.each([
    'docs/conditions.md',
    'docs/route-by-rules.md',
    'docs/route-by-region.md',
    'docs/telemetry.md',
    'docs/alerts.md',
    'docs/guardrails.md',
    'docs/masking.md',
    'docs/guard-webhooks.md',
    'docs/semantic-cache.md',
    'docs/caching.md',
  ])('the snippets of %s load', async (file) => {
    const page = await Bun.file(new URL(file, root)).text()
    const blocks = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text)
    expect(blocks.length).toBeGreaterThan(0)
    for (const text of blocks) expect(problemsOf(text, { environment, strict: true })).toBe('')
  })
})
