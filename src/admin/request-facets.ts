import { z } from 'zod'
import type { Plan } from '../gateway/plan.ts'
import { countFacets, type CountedField } from '../insight/request-facets.ts'
import { readQueryBeside } from '../insight/read-query.ts'
import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { FACET_FIELDS, type FacetField } from '../store/request-facets.ts'
import type { KeyStore, Store } from '../store/store.ts'
import { parseQuery, type AdminRoute } from './admin-route.ts'
import { keyNames } from './key-names.ts'
import { PERIOD_QUERY, readPeriod } from './period.ts'
import { jsonResponse } from './problem.ts'
import { partialBody, PARTIAL_SHAPE, QUERY, readAsQuery } from './request-filter.ts'
import { toTimeJson } from './to-json.ts'
import { readWordList } from './word-list.ts'

const USUAL_FIELDS: readonly FacetField[] = ['outcome', 'route', 'provider', 'model', 'key', 'client']
const USUAL_VALUES = 8
const VALUES = `a whole number from 1 to ${LIMITS.seriesShown}`

const facetsQuery = z.strictObject({
  by: z
    .string()
    .max(500)
    .default(USUAL_FIELDS.join(','))
    .describe(`Fields, with commas between them: ${FACET_FIELDS.join(', ')}.`),
  q: QUERY,
  ...PERIOD_QUERY,
  from: PERIOD_QUERY.from.unwrap().default('24h'),
  values: z
    .string()
    .regex(/^\d{1,2}$/, { error: VALUES })
    .transform(Number)
    .refine((values) => values >= 1 && values <= LIMITS.seriesShown, { error: VALUES })
    .prefault(String(USUAL_VALUES))
    .describe('Most values of a field; those of the most requests are told.'),
})

const facetsAnswer = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  data: z.array(
    z.object({
      field: z.enum(FACET_FIELDS),
      values: z.array(
        z.object({
          value: z.string(),
          name: z.string().optional().describe('What people call it, where that is another word: of keys.'),
          requests: z.int(),
        }),
      ),
      others: z.int().describe('Values that are not told.'),
      answered_from: z
        .enum(['sums', 'requests'])
        .describe('By the sums that are kept, or by looking at requests one by one.'),
      ...PARTIAL_SHAPE,
    }),
  ),
})

export interface FacetRoutesNeeds {
  readonly store: Pick<Store, 'requests' | 'series'> & { readonly keys: KeyStore }
  readonly plan: () => Plan
  readonly nowMs: () => number
}

/** How many requests there are of each value of some fields. */
export function facetRoutes({ store, plan, nowMs }: FacetRoutesNeeds): AdminRoute[] {
  return [
    {
      method: 'GET',
      path: '/api/v1/requests/facets',
      summary:
        'How many requests of clients there are of each outcome, route and so on. What the query asks of a field is left aside where that field is counted.',
      query: facetsQuery,
      answer: { status: 200, schema: facetsAnswer },
      async handle({ query }) {
        const { by, q = '', values: names, ...given } = parseQuery(facetsQuery, query)
        const now = nowMs()
        const period = readPeriod(given, now)
        const filters = new Map(
          readWordList(by, { path: 'by', words: FACET_FIELDS }).map((field) => [
            field,
            readAsQuery(() => readQueryBeside(field, q, now)),
          ]),
        )
        const counted = await countFacets(
          store,
          {
            fields: [...filters.keys()],
            filterFor: (field) => filters.get(field) ?? {},
            names,
            ...period,
          },
          now,
        )
        const called = filters.has('key')
          ? await keyNames({ keys: store.keys, plan })
          : new Map<string, string>()
        return jsonResponse({
          from: toTimeJson(period.fromMs),
          to: toTimeJson(period.toMs),
          data: counted.map((one) => toFacetJson(one, one.field === 'key' ? called : undefined)),
        })
      },
    },
  ]
}

function toFacetJson(
  { field, values, others, from, lookedAt }: CountedField,
  called: ReadonlyMap<string, string> | undefined,
): JsonObject {
  return {
    field,
    values: values.map(({ value, requests }) => ({
      value,
      requests,
      ...defined({ name: called?.get(value) }),
    })),
    others,
    answered_from: from,
    ...partialBody(lookedAt),
  }
}
