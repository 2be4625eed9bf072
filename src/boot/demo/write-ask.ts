import { FEEDBACK_ENDPOINT } from '../../server/feedback.ts'
import { defined } from '../../kit/defined.ts'
import type { JsonObject } from '../../kit/json.ts'
import type { Secret } from '../../kit/secret.ts'
import type { Application } from './story.ts'
import type { Ask } from './traffic.ts'

const CHARACTERS_PER_TOKEN = 4
const MOST_TOKENS = 1_024
/** What a prompt is filled up with: what an application knows and sends along. */
const BACKGROUND =
  'Depot north opens at six. Vans carry twelve pallets, the lorry thirty. A tour ends where it began. Whoever is late by more than ten minutes is told. '

const PATHS: Readonly<Record<Application['form'], string>> = {
  chat: '/v1/chat/completions',
  json: '/v1/chat/completions',
  messages: '/v1/messages',
  embed: '/v1/embeddings',
}

const INVOICE: JsonObject = {
  type: 'object',
  properties: {
    number: { type: 'string' },
    date: { type: 'string' },
    sum: { type: 'number' },
    currency: { type: 'string', enum: ['EUR', 'USD', 'GBP'] },
  },
  required: ['number', 'date', 'sum', 'currency'],
  additionalProperties: false,
}

/** Where an application asks, and with which key. */
export interface Front {
  /** Of the client API, without a path. */
  readonly url: string
  readonly key: Secret
}

/** The request that an application sends. */
export function writeAsk(ask: Ask, { url, key }: Front): Request {
  const { application, session, customer } = ask
  const { tags, form, headers } = application
  return new Request(url + PATHS[form], {
    method: 'POST',
    headers: {
      ...headers,
      'content-type': 'application/json',
      authorization: `Bearer ${key.reveal()}`,
      ...defined({
        'x-gatehouse-session': session,
        'x-gatehouse-customer': customer,
        'x-gatehouse-tags': tags.length === 0 ? undefined : tags.join(','),
      }),
    },
    body: JSON.stringify(bodyOf(ask)),
  })
}

/** What an application says of an answer. */
export function writeFeedback(requestId: string, isGood: boolean, { url, key }: Front): Request {
  const words = isGood ? {} : { comment: 'Not what was asked', labels: ['off-topic'] }
  return new Request(url + FEEDBACK_ENDPOINT, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key.reveal()}` },
    body: JSON.stringify({ request_id: requestId, thumbs: isGood ? 'up' : 'down', ...words }),
  })
}

function bodyOf({ application, prompts, inputTokens, user }: Ask): JsonObject {
  const { form, route, stream, system = '' } = application
  const [last = ''] = prompts.slice(-1)
  if (form === 'embed') return { model: route, input: last }
  const spoken = prompts.flatMap((prompt, turn) => [
    { role: 'user', content: prompt },
    ...(turn < prompts.length - 1
      ? [{ role: 'assistant', content: 'As you wish: one thing after the other.' }]
      : []),
  ])
  const background = `${system}\n\n${backgroundOf(inputTokens)}`
  if (form === 'messages')
    return {
      model: route,
      max_tokens: MOST_TOKENS,
      stream,
      system: background,
      messages: spoken,
      ...defined({ metadata: user === undefined ? undefined : { user_id: user } }),
    }
  return {
    model: route,
    max_tokens: MOST_TOKENS,
    stream,
    messages: [{ role: 'system', content: background }, ...spoken],
    ...(stream ? { stream_options: { include_usage: true } } : {}),
    ...defined({ user }),
    ...(form === 'json'
      ? {
          response_format: {
            type: 'json_schema',
            json_schema: { name: 'invoice', strict: true, schema: INVOICE },
          },
        }
      : {}),
  }
}

function backgroundOf(tokens: number): string {
  const length = Math.round(tokens * CHARACTERS_PER_TOKEN)
  return BACKGROUND.repeat(Math.ceil(length / BACKGROUND.length)).slice(0, length)
}
