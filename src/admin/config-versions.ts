import { z } from 'zod'
import { changesIn } from './audit-terms.ts'
import { objectText } from '../config/managed-text.ts'
import { isUsable } from '../config/problems.ts'
import { defined } from '../kit/defined.ts'
import { PAGE_QUERY, pageBody, pageSchema, parseBody, parseQuery, type AdminRoute } from './admin-route.ts'
import {
  changeAnswer,
  configProblemAnswer,
  explainRefusal,
  madeAnswer,
  MADE_BY_OR_CLI,
  toChangeJson,
  toConfigProblemJson,
  toMadeJson,
  toVersionJson,
  versionAnswer,
} from './config-json.ts'
import { showDocument } from './config-listing.ts'
import { AdminProblem, jsonResponse } from './problem.ts'
import type { ReadVersion, ReleaseDesk } from './release-desk.ts'

const listQuery = z.strictObject(PAGE_QUERY)

const wholeAnswer = versionAnswer.extend({
  file: z
    .string()
    .nullable()
    .describe('The file, as YAML without comments, secrets in plain text hidden; null: it cannot be opened.'),
  managed: z.string().nullable().describe('The managed document, likewise.'),
  against_now: z
    .object({
      ok: z.boolean().describe('Whether it could be put in force now.'),
      problems: z.array(configProblemAnswer),
      changes: z.array(changeAnswer),
    })
    .nullable()
    .describe('What putting it in force again would change now.'),
})

const rollBackBody = z.strictObject(MADE_BY_OR_CLI)

/** Versions of the configuration: look at them, and go back to one. */
export function configVersionRoutes({ releases }: { readonly releases: ReleaseDesk }): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/config/versions',
      summary: 'Versions of the configuration, newest first.',
      query: listQuery,
      answer: { status: 200, schema: pageSchema(versionAnswer) },
      async handle({ query }) {
        const { limit, after } = parseQuery(listQuery, query)
        const { rows, next } = await releases.list({ limit, ...defined({ after }) })
        return jsonResponse(pageBody(rows.map(toVersionJson), next))
      },
    },
    {
      method: 'GET',
      path: '/api/v1/config/versions/{number}',
      summary: 'One version with both documents, and what going back to it would change.',
      answer: { status: 200, schema: wholeAnswer },
      async handle({ params: { number = '' } }) {
        const read = await readVersion(number, releases)
        const { texts } = read
        const show = (text: string | undefined): string | null =>
          text === undefined ? null : showDocument(text, objectText, releases.schemaOf())
        return jsonResponse({
          ...toVersionJson(read.version),
          file: show(texts?.file),
          managed: show(texts?.managed),
          against_now: texts === undefined ? null : compare(texts, releases),
        })
      },
    },
    {
      method: 'POST',
      path: '/api/v1/config/versions/{number}/roll-back',
      summary:
        'Puts both documents of a version in force again, as a new version. The file on the disk stays as it is.',
      body: rollBackBody,
      audit: { subject: 'config-version', tells: ['author', 'comment', 'by'], cameOf: changesIn },
      answer: { status: 200, schema: madeAnswer },
      async handle({ params: { number = '' }, body }) {
        const madeBy = parseBody(rollBackBody, body)
        const { version, texts } = await readVersion(number, releases)
        const made =
          texts === undefined
            ? undefined
            : await releases.rollBack(version.number, madeBy).catch(explainRefusal)
        if (made === undefined)
          throw new AdminProblem('not-now', {
            detail: `Version ${version.number} was sealed with another key, and cannot be opened.`,
          })
        return jsonResponse(toMadeJson(made))
      },
    },
  ]
}

async function readVersion(number: string, releases: ReleaseDesk): Promise<ReadVersion> {
  const read = /^\d{1,15}$/.test(number) ? await releases.read(Number(number)) : undefined
  if (read !== undefined) return read
  const { version } = releases.now()
  throw new AdminProblem('not-found', {
    detail: `There is no version ${number.slice(0, 20)}.${version === undefined ? '' : ` The one in force is ${version.number}.`}`,
  })
}

function compare(texts: NonNullable<ReadVersion['texts']>, releases: ReleaseDesk) {
  const { compiled, changes } = releases.compare(texts)
  return {
    ok: isUsable(compiled.problems),
    problems: compiled.problems.filter((problem) => !isUsable([problem])).map(toConfigProblemJson),
    changes: changes.map(toChangeJson),
  }
}
