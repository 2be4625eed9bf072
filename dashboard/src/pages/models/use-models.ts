import { useQuery } from '@tanstack/react-query'
import type { GetModels, GetModelsName } from '../../api/answers.ts'
import { useServices } from '../../app/services.tsx'
import { modelsPath, type ModelsSearch } from './models-search.ts'

export type ModelLine = GetModels['data'][number]
export type ModelPrice = NonNullable<ModelLine['price']>

/** The models that the address asks for. */
export function useModels(search: ModelsSearch) {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['models', search],
    queryFn: ({ signal }) => ask<GetModels>(modelsPath(search), { signal }),
    placeholderData: (before) => before,
  })
}

/** One model by its name. */
export function useModel(name: string) {
  const { ask } = useServices()
  return useQuery({
    queryKey: ['models', name],
    queryFn: ({ signal }) => ask<GetModelsName>(`/api/v1/models/${encodeURIComponent(name)}`, { signal }),
  })
}
