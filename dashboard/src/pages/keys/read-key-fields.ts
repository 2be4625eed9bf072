import type { KeyFields } from './use-keys.ts'

const TEXTS = ['project', 'rpm', 'tpm', 'concurrent', 'expires'] as const
const LISTS = ['models', 'addresses'] as const
const ONLY_LISTS = ['region', 'providers', 'tags'] as const
const ONLY_TEXTS = ['retention', 'data_policy'] as const

/** What a form says of a key; the gateway checks it, and what was left empty is not said. */
export function readKeyFields(form: FormData): KeyFields {
  const text = (name: string): string => textsOf(form, name)[0] ?? ''
  const list = (name: string): string[] => split(text(name))
  const said: Record<string, unknown> = { name: text('name') }
  for (const name of TEXTS) if (text(name) !== '') said[name] = text(name)
  for (const name of LISTS) if (list(name).length > 0) said[name] = list(name)
  const endpoints = textsOf(form, 'endpoints')
  if (endpoints.length > 0) said['endpoints'] = endpoints
  const only = Object.fromEntries([
    ...ONLY_LISTS.filter((name) => list(name).length > 0).map((name) => [name, list(name)]),
    ...ONLY_TEXTS.filter((name) => text(name) !== '').map((name) => [name, text(name)]),
  ])
  if (Object.keys(only).length > 0) said['only'] = only
  if (text('max') !== '' || text('wait') !== '')
    said['queue'] = { max: Number(text('max')), wait: text('wait') }
  const budgets = budgetsOf(form)
  if (budgets.length > 0) said['budgets'] = budgets
  return { ...said, name: text('name') }
}

function textsOf(form: FormData, name: string): string[] {
  return form.getAll(name).map((value) => (typeof value === 'string' ? value.trim() : ''))
}

/** Texts with commas or line ends between. */
function split(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((one) => one.trim())
    .filter((one) => one !== '')
}

function budgetsOf(form: FormData): { readonly usd: string; readonly per: string }[] {
  const pers = textsOf(form, 'per')
  return textsOf(form, 'usd')
    .map((usd, index) => ({ usd, per: pers[index] ?? '' }))
    .filter(({ usd }) => usd !== '')
}
