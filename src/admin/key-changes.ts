import { z } from 'zod'
import { durationSchema, nameSchema } from '../config/schema/values.ts'
import type { Json } from '../kit/json.ts'
import type { KeyRecord } from '../store/store.ts'
import { parseBody, type AdminRoute } from './admin-route.ts'
import { editKey, endEarlier, pauseKey, rotateKey, type ChangeKeyNeeds } from './change-key.ts'
import { createKeySchema, readKeyTerms } from './create-key.ts'
import { findStored, knownTo, refuseDeclared, type KeyRoutesNeeds } from './keys.ts'
import { keyAnswer, toKeyJson } from './keys-json.ts'
import { jsonResponse } from './problem.ts'

const by = nameSchema.optional().describe('Who does it. It is kept.')

const actBody = z.strictObject({ by })

const editBody = createKeySchema.extend({
  allow: createKeySchema.shape.allow
    .unwrap()
    .optional()
    .describe('What it may ask for per request; absent: as it was.'),
  by,
})

const rotateBody = z.strictObject({
  overlap: durationSchema
    .prefault('24h')
    .describe('For how long the secret that it has now is still taken: 24h, 7d; 0s ends it at once.'),
  by,
})

/** What becomes of a key after it was made: other terms, another secret, a pause. */
export function keyChangeRoutes(needs: KeyRoutesNeeds): AdminRoute[] {
  const changed = async (id: string, work: (key: KeyRecord) => Promise<KeyRecord>): Promise<Response> => {
    refuseDeclared(id, needs.plan())
    const record = await work(await findStored(id, needs.keys))
    needs.onKeysChanged()
    return jsonResponse(toKeyJson(record, { nowMs: needs.clock.nowMs() }))
  }
  const changing = (said: { readonly by?: string | undefined }): ChangeKeyNeeds => ({
    ...needs,
    nowMs: needs.clock.nowMs,
    via: 'api',
    by: said.by,
  })
  /** Something that is done to a key without further words. */
  const act = (
    path: string,
    summary: string,
    work: (key: KeyRecord, using: ChangeKeyNeeds) => Promise<KeyRecord>,
  ): AdminRoute => ({
    method: 'POST',
    path: `/api/v1/keys/{id}/${path}`,
    summary,
    body: actBody,
    audit: { subject: 'key', tells: ['by'] },
    answer: { status: 200, schema: keyAnswer },
    handle: ({ params: { id = '' }, body }) => {
      const said = parseBody(actBody, body)
      return changed(id, (key) => work(key, changing(said)))
    },
  })
  return [
    editing(needs, { changed, changing }),
    {
      method: 'POST',
      path: '/api/v1/keys/{id}/rotate',
      summary:
        'Gives a key another secret, which is in this answer and nowhere else. The one that it has is taken for a time all the same.',
      body: rotateBody,
      audit: { subject: 'key', tells: ['overlap', 'by'] },
      answer: { status: 200, schema: keyAnswer.extend({ key: z.string().describe('Shown once.') }) },
      handle: ({ params: { id = '' }, body }) => rotate(id, body, { needs, changing }),
    },
    act(
      'end-earlier',
      'Ends the overlap of a rotation: the secret before opens nothing any more.',
      endEarlier,
    ),
    act('pause', 'Refuses a key, with 403, until it is resumed.', (key, using) => pauseKey(key, true, using)),
    act('resume', 'Lets a key that was paused in again.', (key, using) => pauseKey(key, false, using)),
  ]
}

interface Changing {
  readonly changed: (id: string, work: (key: KeyRecord) => Promise<KeyRecord>) => Promise<Response>
  readonly changing: (said: { readonly by?: string | undefined }) => ChangeKeyNeeds
}

function editing(needs: KeyRoutesNeeds, { changed, changing }: Changing): AdminRoute {
  return {
    method: 'PUT',
    path: '/api/v1/keys/{id}',
    summary: 'Says anew what a key may do. What is not said any more does not hold any more; its text stays.',
    body: editBody,
    audit: { subject: 'key', tells: [...Object.keys(createKeySchema.shape), 'by'] },
    answer: { status: 200, schema: keyAnswer },
    handle: ({ params: { id = '' }, body }) =>
      changed(id, async (key) => {
        const { by: who, ...fields } = parseBody(editBody, body)
        const { allow = [] } = fields
        const terms = await readKeyTerms({ ...fields, allow }, { ...needs, ...knownTo(needs.plan()) }, id)
        const { allowedOptions } = fields.allow === undefined ? key : terms
        return editKey(key, { ...terms, allowedOptions }, changing({ by: who }))
      }),
  }
}

async function rotate(
  id: string,
  body: Json,
  { needs, changing }: Pick<Changing, 'changing'> & { readonly needs: KeyRoutesNeeds },
): Promise<Response> {
  const said = parseBody(rotateBody, body)
  refuseDeclared(id, needs.plan())
  const { record, key } = await rotateKey(await findStored(id, needs.keys), said.overlap, changing(said))
  needs.onKeysChanged()
  return jsonResponse({ ...toKeyJson(record, { nowMs: needs.clock.nowMs() }), key: key.reveal() })
}
