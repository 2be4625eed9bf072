import { expect, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { Secret } from '../../kit/secret.ts'
import type { AlertItem } from '../../store/alerts.ts'
import type { ChannelMessage } from './channel-message.ts'
import { writeDiscord } from './discord.ts'
import { writeMail } from './email.ts'
import { writePagerDuty } from './pagerduty.ts'
import { writeSlack } from './slack.ts'
import { writeTeams } from './teams.ts'
import { writeWebhook } from './webhook.ts'

/** Everything by which some channel begins something. */
const HOSTILE =
  '\u001b[31m@everyone <!channel> <@U1> [click](https://evil.example) **b** `x` http://evil.example www.evil.example\r\nBcc: a@b.example \u202Eabc'

const item = (more: Partial<AlertItem> = {}): AlertItem => ({
  event: 'fired',
  alertId: 'alert_1',
  rule: 'errors',
  kind: 'threshold',
  key: `route ${HOSTILE}`,
  severity: 'critical',
  text: `error_rate of route ${HOSTILE} is 7 %`,
  sinceMs: 1_767_225_600_000,
  atMs: 1_767_225_600_000,
  ...more,
})

const message = (...items: readonly AlertItem[]): ChannelMessage => ({ id: 'msg_1', items })

/** Nothing that a terminal obeys, turns round, or makes a link of. */
function expectPlain(text: string): void {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/)
  expect(text).not.toContain('://evil')
  expect(text).not.toContain('www.evil')
}

test('a webhook is signed as Standard Webhooks has it', () => {
  const key = Buffer.alloc(32, 7)
  const { headers, body, url } = writeWebhook(
    message(item()),
    { url: new Secret('https://hooks.example/a'), secret: new Secret(`whsec_${key.toString('base64')}`) },
    1_674_087_231_999,
  )
  expect(url).toBe('https://hooks.example/a')
  const signature = createHmac('sha256', key).update(`msg_1.1674087231.${body}`).digest('base64')
  expect(headers).toEqual({
    'content-type': 'application/json',
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1674087231',
    'webhook-signature': `v1,${signature}`,
  })
  expect(JSON.parse(body)).toMatchObject({
    type: 'alert.fired',
    data: { alerts: [{ rule: 'errors', event: 'fired' }] },
  })
})

test('in Slack nothing is a mention, a link or a format', () => {
  const body = JSON.parse(writeSlack(message(item()), 'https://hooks.slack.example').body)
  expect(body).toMatchObject({ parse: 'none', link_names: false, unfurl_links: false })
  expect(body.text).not.toMatch(/[<>]/)
  for (const block of body.blocks) {
    expect(block.text.type).toBe('plain_text')
    expectPlain(block.text.text)
  }
})

test('in Teams there are runs of text alone, which know no Markdown', () => {
  const { attachments } = JSON.parse(writeTeams(message(item()), 'https://teams.example').body)
  expect(attachments[0].contentType).toBe('application/vnd.microsoft.card.adaptive')
  const blocks = attachments[0].content.body as { type: string; inlines: { type: string; text: string }[] }[]
  expect(new Set(blocks.map(({ type }) => type))).toEqual(new Set(['RichTextBlock']))
  for (const { inlines } of blocks) for (const run of inlines) expectPlain(run.text)
})

test('in Discord nobody is mentioned and nothing is formatted', () => {
  const body = JSON.parse(writeDiscord(message(item()), 'https://discord.example').body)
  expect(body.allowed_mentions).toEqual({ parse: [] })
  const [embed] = body.embeds
  expectPlain(embed.description)
  expect(embed.description).not.toMatch(/(?<!\\)[*_`[\]<>@]/)
})

test('PagerDuty is told by the id of the alert what rings and what is over', () => {
  const target = { url: 'https://events.pagerduty.example', routingKey: new Secret('R1') }
  const events = writePagerDuty(
    message(item(), item({ event: 'resolved' }), item({ event: 'test', alertId: 'msg_1' })),
    target,
  ).map(({ body }) => JSON.parse(body))
  expect(events.map(({ event_action, dedup_key }) => `${event_action} ${dedup_key}`)).toEqual([
    'trigger alert_1',
    'resolve alert_1',
    'trigger msg_1',
    'resolve msg_1',
  ])
  expect(events[0]).toMatchObject({
    routing_key: 'R1',
    payload: { severity: 'critical', source: 'gatehouse' },
  })
  expectPlain(events[0].payload.summary)
})

test('a mail is plain text, and its subject one line', () => {
  const { subject, text } = writeMail(message(item(), item({ event: 'resolved' })))
  expect(subject).toBe('[Gatehouse] 1 fired, 1 resolved')
  expectPlain(text)
  expect(writeMail(message(item())).subject).not.toMatch(/[\r\n]/)
})

test('a message of many alerts stays as small as its channel takes', () => {
  const many = message(...Array.from({ length: 50 }, () => item({ description: 'd'.repeat(2_000) })))
  expect(JSON.parse(writeSlack(many, 'x').body).blocks.length).toBeLessThanOrEqual(50)
  expect(writeTeams(many, 'x').body.length).toBeLessThan(28_000)
  const { embeds } = JSON.parse(writeDiscord(many, 'x').body) as {
    embeds: { title: string; description: string }[]
  }
  expect(
    embeds.reduce((sum, { title, description }) => sum + title.length + description.length, 0),
  ).toBeLessThan(6_000)
})
