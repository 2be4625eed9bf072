import { z } from 'zod'
import { isUsable } from '../config/problems.ts'
import { defined } from '../kit/defined.ts'
import type { AdminRoute } from './admin-route.ts'
import { changeAnswer, configProblemAnswer, toChangeJson, toConfigProblemJson } from './config-json.ts'
import { listObjects } from './config-listing.ts'
import { jsonResponse } from './problem.ts'
import type { ReleaseDesk } from './release-desk.ts'

const driftAnswer = z.object({
  file: z
    .object({
      path: z.string(),
      in_force: z.boolean().describe('Whether what it says now is in force.'),
      ok: z.boolean().describe('Whether it could be taken over.'),
      problems: z.array(configProblemAnswer),
      changes: z.array(changeAnswer).describe('What taking it over would change.'),
    })
    .nullable()
    .describe('The file as it is on the disk now; null: there is none.'),
  shadowed: z
    .array(z.object({ section: z.string(), name: z.string(), path: z.string(), line: z.int().optional() }))
    .describe(
      'Objects of the managed document that do not hold, since the file has one of the same name, and where it does.',
    ),
  left_out: z.array(configProblemAnswer).describe('Why the managed document is not in force; empty: it is.'),
})

/** In how far what is in force is not what both documents say. */
export function configDriftRoutes({ releases }: { readonly releases: ReleaseDesk }): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/config/drift',
      summary:
        'What of the file and of the managed document is not in force, and what the file would change.',
      answer: { status: 200, schema: driftAnswer },
      handle() {
        const { file, compiled } = releases.now()
        return jsonResponse({
          file: file === undefined ? null : { path: file, ...tellDrift(releases) },
          shadowed: listObjects(releases)
            .filter(({ shadows }) => shadows === true)
            .map(({ section, name, path, line }) => ({ section, name, path, ...defined({ line }) })),
          left_out: (compiled.leftOut ?? []).map(toConfigProblemJson),
        })
      },
    },
  ]
}

function tellDrift(releases: ReleaseDesk) {
  const drift = releases.drift()
  const wrong = drift?.compiled.problems.filter((problem) => !isUsable([problem])) ?? []
  return {
    in_force: drift === undefined,
    ok: wrong.length === 0,
    problems: wrong.map(toConfigProblemJson),
    changes: (drift?.changes ?? []).map(toChangeJson),
  }
}
