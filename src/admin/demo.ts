import { z } from 'zod'
import type { AdminRoute } from './admin-route.ts'
import { jsonResponse } from './problem.ts'

/** The demo workspace, as the gateway that serves it sees it: invented traffic in a data directory of its own. */
export interface DemoDesk {
  /** Has whoever serves it close it and remove its data. */
  readonly remove: () => void
}

const demoAnswer = z.object({
  state: z
    .enum(['none', 'here'])
    .describe('here: this gateway serves the demo workspace, nothing of which is real.'),
})

const PATH = '/api/v1/demo'

/** Whether what is seen here is invented, and its end. @param desk absent: it is not */
export function demoRoutes({ demo }: { readonly demo?: DemoDesk | undefined }): AdminRoute[] {
  const answer = { status: 200, schema: demoAnswer }
  return [
    {
      method: 'GET',
      path: PATH,
      summary:
        'Whether this gateway serves the demo workspace: invented traffic in a data directory of its own.',
      answer,
      handle: () => jsonResponse({ state: demo === undefined ? 'none' : 'here' }),
    },
    {
      method: 'DELETE',
      path: PATH,
      summary:
        'Ends the demo workspace that this gateway serves and removes its data. Nothing else is touched.',
      audit: { subject: 'demo' },
      answer,
      handle() {
        demo?.remove()
        return jsonResponse({ state: 'none' })
      },
    },
  ]
}
