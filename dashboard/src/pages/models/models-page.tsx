import { useNavigate, useSearch } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useFresh } from '../../app/use-live.ts'
import { Empty } from '../../parts/notices.tsx'
import { PageHead } from '../../parts/page-head.tsx'
import { Table } from '../../parts/table.tsx'
import { count, counted } from '../../words/numbers.ts'
import { FilterBar } from './filter-bar.tsx'
import { MODEL_COLUMNS } from './model-columns.tsx'
import { useModels, type ModelLine } from './use-models.ts'

const FRESH_MS = 10_000

/** Which models can be asked, what can they do, and what do they cost? */
export function ModelsPage(): ReactNode {
  const search = useSearch({ from: '/models' })
  const models = useModels(search)
  const navigate = useNavigate()
  useFresh('models', FRESH_MS)
  const { data, error } = models
  const rows = data?.data
  return (
    <main id="main">
      <PageHead
        title="Models"
        answer={rows === undefined ? 'Reading the models.' : <Answer models={rows} />}
      />
      <section className="card" aria-label="Models">
        <div className="body first">
          <FilterBar search={search} providers={data?.providers ?? []} />
        </div>
        <Table
          label="Models"
          columns={MODEL_COLUMNS}
          rows={rows}
          keyOf={({ name }) => name}
          onOpen={({ name }) => void navigate({ to: '/models/$name', params: { name } })}
          empty={
            <Empty title="No such model">
              <p>
                {search.known === undefined
                  ? 'Nobody has named one or asked for it. “All known” shows what lists know of the providers; each can be asked for by its name.'
                  : 'No list knows one. A model that no list knows can be asked for all the same, by provider/model.'}
              </p>
            </Empty>
          }
          error={
            error === null
              ? undefined
              : { error, what: 'The models could not be read.', retry: () => void models.refetch() }
          }
          partial={
            <span>
              {data?.has_more === true ? `The first ${count(data.data.length)} are shown. ` : ''}
              Prices are US dollars for a million tokens. Requests, failures, times and cost are of seven
              days.
            </span>
          }
        />
      </section>
    </main>
  )
}

function Answer({ models }: { readonly models: readonly ModelLine[] }): ReactNode {
  const providers = new Set(models.map(({ provider }) => provider)).size
  const unpriced = models.filter(({ price }) => price === null).length
  const resting = models.filter(({ state }) => state === 'resting').length
  return (
    <p>
      {counted(models.length, 'model')} at {counted(providers, 'provider')};{' '}
      {unpriced === 0 ? 'all have a price' : `${count(unpriced)} without a known price`},{' '}
      {resting === 0 ? 'none rests.' : `${count(resting)} resting now.`}
    </p>
  )
}
