import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { GetConnect, GetConnectClient, PostKeys } from '../../api/answers.ts'
import { asProblem, sentenceOf } from '../../api/problem.ts'
import { useServices } from '../../app/services.tsx'

export interface AskProps {
  readonly settings: GetConnectClient
  readonly keys: GetConnect['keys']
  readonly chosenKey: string | undefined
  readonly onChoose: (chosen: {
    readonly key?: string | undefined
    readonly model?: string | undefined
  }) => void
  readonly onMade: (key: { readonly id: string; readonly text: string }) => void
}

/** For which key and which model. */
export function Ask({ settings, keys, chosenKey, onChoose, onMade }: AskProps): ReactNode {
  const { models, model, name } = settings
  const making = useMakeKey(name, keys, onMade)
  return (
    <section className="card" aria-label="For whom">
      <div className="body first row asks">
        <div className="field">
          <label htmlFor="connect-key">Key</label>
          <select
            id="connect-key"
            className="select"
            value={chosenKey ?? ''}
            onChange={(event) =>
              onChoose({ key: event.target.value === '' ? undefined : event.target.value })
            }
          >
            <option value="">any</option>
            {keys.map((key) => (
              <option key={key.id} value={key.id}>
                {key.name}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="connect-model">Model</label>
          <select
            id="connect-model"
            className="select"
            value={model}
            onChange={(event) => onChoose({ model: event.target.value })}
          >
            {models.includes(model) ? null : <option>{model}</option>}
            {models.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        </div>
        <button
          type="button"
          className="btn"
          aria-disabled={making.isPending}
          onClick={() => making.mutate()}
        >
          {making.isPending ? <span className="spin" /> : null}Make a key for it
        </button>
        {making.error === null ? null : (
          <span className="small bad" role="alert">
            {sentenceFor(making.error)}
          </span>
        )}
      </div>
    </section>
  )
}

function sentenceFor(error: Error): string {
  const { facts } = asProblem(error)
  const [first] = facts.errors ?? []
  return first === undefined ? (facts.detail ?? facts.title) : sentenceOf(first)
}

/** Makes a key that is named after the client; where there is one of that name, with a number behind it. */
function useMakeKey(client: string, keys: GetConnect['keys'], onMade: AskProps['onMade']) {
  const { ask } = useServices()
  const queries = useQueryClient()
  const taken = new Set(keys.map(({ name }) => name))
  const names = [client, ...Array.from({ length: 99 }, (_, index) => `${client}-${index + 2}`)]
  const name = names.find((one) => !taken.has(one)) ?? client
  return useMutation({
    mutationFn: () => ask<PostKeys>('/api/v1/keys', { method: 'POST', body: { name } }),
    onSuccess: ({ id, key }) => {
      void queries.invalidateQueries({ queryKey: ['connect'] })
      onMade({ id, text: key })
    },
    gcTime: 0,
  })
}
