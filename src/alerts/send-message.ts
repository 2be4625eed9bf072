import type { AlertAddress, AlertChannel, AlertPlan } from '../exchange/alert.ts'
import type { Clock } from '../kit/clock.ts'
import { defined } from '../kit/defined.ts'
import type { HttpClient, HttpResponse } from '../kit/http-client.ts'
import { HttpError } from '../kit/http-error.ts'
import { LIMITS } from '../kit/limits.ts'
import { readRetryAfter } from '../kit/retry-after.ts'
import type { Mailer } from '../kit/mailer.ts'
import type { AlertDeliveryRow } from '../store/alerts.ts'
import type { ChannelMessage, ChannelRequest } from './channels/channel-message.ts'
import { writeDiscord } from './channels/discord.ts'
import { writeMail } from './channels/email.ts'
import { writePagerDuty } from './channels/pagerduty.ts'
import { writeSlack } from './channels/slack.ts'
import { writeTeams } from './channels/teams.ts'
import { writeWebhook } from './channels/webhook.ts'
import type { Outcome, SendMessage } from './outcome.ts'

export interface SendMessageNeeds {
  readonly plan: () => AlertPlan
  readonly http: HttpClient
  readonly mailer: Mailer
  readonly clock: Clock
}

/** The page of the dashboard that shows alerts. */
const PAGE = '/alerts'

/** Creates what sends messages to the channels of the plan in force. */
export function createSendMessage(needs: SendMessageNeeds): SendMessage {
  return async (delivery, stopped) => {
    const plan = needs.plan()
    const channel = plan.channels.get(delivery.channel)
    if (channel === undefined)
      return { result: 'refused', why: 'the configuration has no channel of this name any more' }
    const message = messageOf(delivery, plan)
    if (channel.address.type === 'email')
      return await mail(message, channel, channel.address, { mailer: needs.mailer, stopped })
    for (const request of requestsOf(message, channel.address, needs.clock.nowMs())) {
      const outcome = await post(request, channel, { ...needs, stopped })
      if (outcome.result !== 'delivered') return outcome
    }
    return { result: 'delivered' }
  }
}

function messageOf({ id, items }: AlertDeliveryRow, { dashboardUrl }: AlertPlan): ChannelMessage {
  const link = dashboardUrl === undefined ? undefined : dashboardUrl + PAGE
  return { id, items, ...defined({ link }) }
}

type PostAddress = Exclude<AlertAddress, { readonly type: 'email' }>

function requestsOf(message: ChannelMessage, address: PostAddress, nowMs: number): readonly ChannelRequest[] {
  switch (address.type) {
    case 'webhook':
      return [writeWebhook(message, address, nowMs)]
    case 'slack':
      return [writeSlack(message, address.url.reveal())]
    case 'teams':
      return [writeTeams(message, address.url.reveal())]
    case 'discord':
      return [writeDiscord(message, address.url.reveal())]
    case 'pagerduty':
      return writePagerDuty(message, address)
  }
}

type MailAddress = Extract<AlertAddress, { readonly type: 'email' }>

interface Mailing {
  readonly mailer: Mailer
  readonly stopped: AbortSignal
}

// oxlint-disable-next-line max-params -- the address is the channel's, narrowed
async function mail(
  message: ChannelMessage,
  channel: AlertChannel,
  address: MailAddress,
  { mailer, stopped }: Mailing,
): Promise<Outcome> {
  const { host, port, encryption, user, password, from, recipients } = address
  const login = user === undefined || password === undefined ? undefined : { user, password }
  return await mailer.send(
    { ...writeMail(message), from, recipients, id: message.id },
    { host, port, encryption, ...defined({ login }), egress: egressOf(channel), stopped },
  )
}

function egressOf({ isPrivate }: AlertChannel): 'any' | 'public-only' {
  return isPrivate ? 'any' : 'public-only'
}

interface Posting extends Pick<SendMessageNeeds, 'http' | 'clock'> {
  readonly stopped: AbortSignal
}

/** Posts once. What is behind an address that the operator wrote may be anybody: nothing of what it answers is believed but its status. */
async function post(
  { url, headers, body }: ChannelRequest,
  channel: AlertChannel,
  { http, clock, stopped }: Posting,
): Promise<Outcome> {
  const controller = new AbortController()
  const abort = (): void => controller.abort()
  stopped.addEventListener('abort', abort)
  const limit = clock.after(LIMITS.alertMs, abort)
  try {
    const response = await http.send({
      method: 'POST',
      url,
      headers,
      body,
      controller,
      connectTimeoutMs: LIMITS.alertMs,
      firstByteTimeoutMs: LIMITS.alertMs,
      freshConnection: true,
      pool: `alerts/${channel.name}`,
      egress: egressOf(channel),
    })
    return await judge(response, clock.nowMs())
  } catch (thrown) {
    return explain(thrown, controller.signal.aborted && !stopped.aborted)
  } finally {
    limit.cancel()
    stopped.removeEventListener('abort', abort)
  }
}

/** Statuses of somebody who may be there later. */
const LATER: readonly number[] = [408, 425, 429]

async function judge(response: HttpResponse, nowMs: number): Promise<Outcome> {
  const { status } = response
  if (status >= 200 && status < 300) {
    // What it says is not wanted, but a server that is cut off may take that for a failure.
    await response.readAll(LIMITS.alertAnswerBytes).catch(() => undefined)
    return { result: 'delivered' }
  }
  response.cancel()
  if (status >= 300 && status < 400)
    return { result: 'refused', why: `status ${status}: redirects are not followed` }
  const why = `status ${status}`
  if (status < 500 && !LATER.includes(status)) return { result: 'refused', why }
  const retryAfterMs = readRetryAfter(response.headers, nowMs)
  return { result: 'unavailable', why, ...defined({ retryAfterMs }) }
}

function explain(thrown: unknown, isLate: boolean): Outcome {
  if (isLate) return { result: 'unavailable', why: 'it took too long' }
  if (!(thrown instanceof HttpError)) return { result: 'unavailable', why: 'it could not be asked' }
  if (thrown.kind === 'destination-forbidden')
    return { result: 'refused', why: 'the address is not a public one; for your own network: private: true' }
  return { result: 'unavailable', why: thrown.kind }
}
