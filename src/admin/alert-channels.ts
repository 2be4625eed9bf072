import { z } from 'zod'
import type { Outbox } from '../alerts/outbox.ts'
import type { AlertPlan } from '../exchange/alert.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { AlertStore } from '../store/store.ts'
import { PAGE_QUERY, pageBody, pageSchema, parseBody, parseQuery, type AdminRoute } from './admin-route.ts'
import { deliveryAnswer, toDeliveryJson } from './alerts-json.ts'
import { AdminProblem, jsonResponse } from './problem.ts'

const emptyBody = z.strictObject({})

const deliveriesQuery = z.strictObject({
  ...PAGE_QUERY,
  channel: z.string().max(100).optional().describe('To one channel.'),
})

export interface AlertChannelRoutesNeeds {
  readonly alerts: { readonly outbox: Outbox; readonly plan: () => AlertPlan }
  readonly store: { readonly alerts: Pick<AlertStore, 'deliveries' | 'delivery'> }
}

/** What channels were told, and what became of it. */
export function alertChannelRoutes(needs: AlertChannelRoutesNeeds): AdminRoute[] {
  return [testRoute(needs), deliveriesRoute(needs), resendRoute(needs)]
}

function testRoute({ alerts: { outbox, plan } }: AlertChannelRoutesNeeds): AdminRoute {
  return {
    method: 'POST',
    path: '/api/v1/alert-channels/{name}/test',
    summary: 'Sends a test to a channel, at once and once, and tells what became of it.',
    body: emptyBody,
    audit: { subject: 'alert-channel' },
    answer: { status: 200, schema: deliveryAnswer },
    async handle({ params: { name = '' }, body }) {
      parseBody(emptyBody, body)
      const { channels } = plan()
      if (!channels.has(name))
        throw new AdminProblem('not-found', {
          detail: `There is no channel ${name.slice(0, 100)}.`,
          nearest: nearestNames(name, channels.keys()),
        })
      const sent = await outbox.test(name)
      if (sent === undefined)
        throw new AdminProblem('not-now', { detail: 'Another test of this channel is under way.' })
      return jsonResponse(toDeliveryJson(sent))
    },
  }
}

function deliveriesRoute({ store }: AlertChannelRoutesNeeds): AdminRoute {
  return {
    method: 'GET',
    path: '/api/v1/alert-deliveries',
    summary: 'Messages to channels and what became of them, newest first.',
    query: deliveriesQuery,
    answer: { status: 200, schema: pageSchema(deliveryAnswer) },
    async handle({ query }) {
      const { channel, limit, after } = parseQuery(deliveriesQuery, query)
      const { rows, next } = await store.alerts.deliveries({
        limit,
        ...(after !== undefined && { after }),
        ...(channel !== undefined && { channel }),
      })
      return jsonResponse(pageBody(rows.map(toDeliveryJson), next))
    },
  }
}

function resendRoute({ alerts: { outbox }, store }: AlertChannelRoutesNeeds): AdminRoute {
  return {
    method: 'POST',
    path: '/api/v1/alert-deliveries/{id}/resend',
    summary: 'Sends a message again that was not delivered, or was withheld, under the same id.',
    body: emptyBody,
    audit: { subject: 'alert-delivery' },
    answer: { status: 202, schema: deliveryAnswer },
    async handle({ params: { id = '' }, body }) {
      parseBody(emptyBody, body)
      const known = await store.alerts.delivery(id)
      if (known === undefined)
        throw new AdminProblem('not-found', { detail: `There is no message ${id.slice(0, 100)}.` })
      if (known.state === 'waiting') throw new AdminProblem('under-way', { detail: 'It waits to be sent.' })
      return jsonResponse(toDeliveryJson(await outbox.resend(known)), 202)
    },
  }
}
