import type { KeyFields } from './use-keys.ts'

/** What a form says of a key; the gateway checks it, and what was left empty is not said. */
export function readKeyFields(form: FormData): KeyFields {
  const text = (name: string): string => {
    const value = form.get(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const models = text('models')
    .split(',')
    .map((model) => model.trim())
    .filter((model) => model !== '')
  const [project, rpm, usd, expires] = [text('project'), text('rpm'), text('budget'), text('expires')]
  return {
    name: text('name'),
    ...(project === '' ? {} : { project }),
    ...(models.length === 0 ? {} : { models }),
    ...(rpm === '' ? {} : { rpm: Number(rpm) }),
    ...(usd === '' ? {} : { budget: { usd: Number(usd), per: text('per') } }),
    ...(expires === '' ? {} : { expires }),
  }
}
