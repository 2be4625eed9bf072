import type { Facet, FacetField } from '../store/request-facets.ts'
import type { Condition, RequestFilter } from '../store/request-query.ts'
import { SERIES_DIMENSIONS } from '../store/series.ts'
import type { Store } from '../store/store.ts'
import { cutIntoSteps } from './series-steps.ts'

/** What is counted: of each field the values of requests of clients in a time. */
export interface FacetsQuestion {
  readonly fields: readonly FacetField[]
  /** Which requests are counted for a field. */
  readonly filterFor: (field: FacetField) => RequestFilter
  readonly fromMs: number
  readonly toMs: number
  /** Most values of each. */
  readonly names: number
}

/** The values of one field, and how they were counted. */
export interface CountedField extends Facet {
  readonly field: FacetField
  readonly from: 'sums' | 'requests'
}

type Sources = Pick<Store, 'requests' | 'series'>

/**
 * Counts requests by the values of several fields: from the sums that are kept, where all of a time are asked for and a field is summed;
 * else by looking at the newest requests, as many as one may.
 */
export async function countFacets(
  sources: Sources,
  question: FacetsQuestion,
  nowMs: number,
): Promise<readonly CountedField[]> {
  return Promise.all(
    question.fields.map(
      async (field) =>
        (await fromSums(sources, { ...question, field }, nowMs)) ?? (await counted(sources, question, field)),
    ),
  )
}

/** Undefined where no sums tell of it. */
async function fromSums(
  { series }: Sources,
  { field, filterFor, names, ...period }: FacetsQuestion & { readonly field: FacetField },
  nowMs: number,
): Promise<CountedField | undefined> {
  const by = SERIES_DIMENSIONS.find((dimension) => dimension === field)
  if (by === undefined || (filterFor(field).conditions ?? []).length > 0) return undefined
  const steps = cutIntoSteps(period, undefined, nowMs)
  if ('problem' in steps) return undefined
  const { fromMs, toMs, stepMs } = steps
  const answer = await series.read({
    filter: {},
    by,
    fromMs,
    toMs,
    stepMs,
    names: names + 1,
    attempts: false,
    times: false,
  })
  const values = answer.series
    .map(({ name, points }) => ({
      value: name,
      requests: [...points.values()].reduce((sum, { sums }) => sum + sums.requests, 0),
    }))
    // Attempts of what the house asks have names as well.
    .filter(({ value, requests }) => value !== '' && requests > 0)
    .toSorted((one, other) => other.requests - one.requests)
  return {
    field,
    from: 'sums',
    values: values.slice(0, names),
    others: answer.others + Math.max(0, values.length - names),
  }
}

/** What the house asks of its own accord is counted where it is asked for. */
const OF_CLIENTS: Condition = { field: 'purpose', tests: [{ is: '' }] }

async function counted(
  { requests }: Sources,
  { filterFor, fromMs, toMs, names }: FacetsQuestion,
  field: FacetField,
): Promise<CountedField> {
  const { conditions = [], ...time } = filterFor(field)
  const isOfHouse = conditions.some((one) => one.field === 'purpose' || one.field === 'parent')
  const all = isOfHouse ? conditions : [...conditions, OF_CLIENTS]
  const facet = await requests.facet({ field, names, fromMs, toMs, ...time, conditions: all })
  return { field, from: 'requests', ...facet }
}
