import { z } from 'zod'
import { changesIn } from './audit-terms.ts'
import { managedObjects } from '../config/managed-objects.ts'
import { objectText, removeObject, setObject } from '../config/managed-text.ts'
import { objectKey, type ObjectName } from '../config/sections.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { nearestNames } from '../kit/nearest.ts'
import { parseBody, parseQuery, type AdminCall, type AdminRoute } from './admin-route.ts'
import { knownSection, OBJECT_VALUE, readValue } from './config-draft.ts'
import { explainRefusal, madeAnswer, MADE_BY, MADE_BY_OR_CLI, toMadeJson } from './config-json.ts'
import { readTrial, TRIAL } from './config-trial.ts'
import { findObject, listObjects, objectAnswer, type ListedObject } from './config-listing.ts'
import { isKnown, tagOf } from './etags.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { MadeVersion, ReleaseDesk } from './release-desk.ts'

const oneAnswer = objectAnswer.extend({
  yaml: z.string().describe('`value` as YAML, for editors.'),
})

const putBody = z.strictObject({ ...OBJECT_VALUE, ...MADE_BY_OR_CLI, ...TRIAL })
const deleteQuery = z.strictObject(MADE_BY)

const PATH = '/api/v1/config/objects/{section}/{name}'

/** One object of the configuration at a time. */
export function configObjectRoutes({ releases }: { readonly releases: ReleaseDesk }): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: PATH,
      summary: 'One object in force. Its entity tag is for `If-Match` of whoever changes it.',
      answer: { status: 200, schema: oneAnswer },
      handle: ({ params }) => jsonResponse(toJson(find(nameIn(params), releases))),
    },
    {
      method: 'PUT',
      path: PATH,
      summary:
        'Makes or changes an object of the managed document, as a new version. `If-Match`: only if it is still so; `If-None-Match: *`: only if there is none.',
      body: putBody,
      audit: { subject: 'config-object', tells: ['author', 'comment', 'by'], cameOf: changesIn },
      answer: { status: 200, schema: madeAnswer },
      async handle({ params, headers, body }) {
        const object = nameIn(params)
        const { value, yaml, trial, ...madeBy } = parseBody(putBody, body)
        const made = await releases
          .change(
            (managed) => {
              requireMatch(object, headers, releases)
              refuseFile(object, releases)
              return setObject(managed, object, readValue({ value, yaml }, object, managed))
            },
            { ...madeBy, ...readTrial(trial) },
          )
          .catch(explainRefusal)
        return madeResponse(made, findObject(releases, object))
      },
    },
    {
      method: 'DELETE',
      path: PATH,
      summary:
        'Removes an object of the managed document, as a new version. `If-Match`: only if it is still so.',
      query: deleteQuery,
      audit: { subject: 'config-object', tells: ['author', 'comment'], cameOf: changesIn },
      answer: { status: 200, schema: madeAnswer },
      async handle({ params, headers, query }) {
        const object = nameIn(params)
        const madeBy = parseQuery(deleteQuery, query)
        const made = await releases
          .change(
            (managed) => {
              requireMatch(object, headers, releases)
              if (!managedObjects(managed).has(objectKey(object))) refuseFile(object, releases)
              if (!managedObjects(managed).has(objectKey(object))) throw nothingCalled(object, releases)
              return removeObject(managed, object)
            },
            { by: 'api', ...defined(madeBy) },
          )
          .catch(explainRefusal)
        return madeResponse(made)
      },
    },
  ]
}

function nameIn({ section = '', name = '' }: AdminCall['params']): ObjectName {
  return knownSection({ section, name })
}

function find(object: ObjectName, releases: ReleaseDesk): ListedObject {
  const found = findObject(releases, object)
  if (found === undefined) throw nothingCalled(object, releases)
  return found
}

function toJson(object: ListedObject): JsonObject {
  return { ...object, yaml: objectText(object.value) }
}

function nothingCalled({ section, name }: ObjectName, releases: ReleaseDesk): AdminProblem {
  const names = listObjects(releases).flatMap((one) => (one.section === section ? [one.name] : []))
  return new AdminProblem('not-found', {
    detail: `There is nothing called ${name.slice(0, 100)} in ${section}.`,
    nearest: nearestNames(name, names),
  })
}

/** What the file says is changed there. */
function refuseFile(object: ObjectName, releases: ReleaseDesk): void {
  const found = findObject(releases, object)
  if (found?.origin !== 'file') return
  const line = found.line === undefined ? '' : `, line ${found.line}`
  throw new AdminProblem('read-only', {
    detail: `${found.path} stands in the file${line}: change it there.`,
  })
}

function requireMatch(object: ObjectName, headers: Headers, releases: ReleaseDesk): void {
  const [wanted, unwanted] = [headers.get('if-match'), headers.get('if-none-match')]
  if (wanted === null && unwanted === null) return
  const found = findObject(releases, object)
  const tag = found === undefined ? undefined : tagOf(JSON.stringify(toJson(found)))
  if (wanted !== null && (tag === undefined || !isKnown(tag, wanted)))
    throw new AdminProblem('changed-meanwhile', {
      detail: tag === undefined ? 'It is not there any more.' : 'Somebody has changed it. Read it again.',
    })
  if (tag !== undefined && unwanted !== null && isKnown(tag, unwanted))
    throw new AdminProblem('changed-meanwhile', { detail: 'There is one of this name already.' })
}

function madeResponse(made: MadeVersion, object?: ListedObject): Response {
  const response = jsonResponse(toMadeJson(made))
  if (object !== undefined) response.headers.set('etag', tagOf(JSON.stringify(toJson(object))))
  return response
}
