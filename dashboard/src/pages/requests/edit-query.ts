import { termOf } from './filters.ts'

/** A term of a query as it is written. */
interface Written {
  readonly text: string
  readonly field: string
  readonly not: boolean
  /** Its values without their quotes. */
  readonly values: readonly string[]
}

const TERMS = /(?:[^\s"]|"(?:[^"\\]|\\.)*")+/g
const TERM = /^(-?)([^\s:,"]*):(.*)$/s
const VALUES = /"((?:[^"\\]|\\.)*)"|[^,]+/g
/** Words that say something of the field of another name, so that both at once would be empty. */
const SAID_BY: Readonly<Record<string, string | undefined>> = { status: 'outcome', error: 'outcome' }

function readTerms(q: string): readonly Written[] {
  return [...q.matchAll(TERMS)].map(([text]) => {
    const [, not, field = '', rest = ''] = TERM.exec(text) ?? []
    const values = [...rest.matchAll(VALUES)].map(([bare, quoted]) =>
      quoted === undefined ? bare : quoted.replaceAll(/\\(.)/g, '$1'),
    )
    return { text, field, not: not === '-', values }
  })
}

/** The values that a query asks of a field. */
export function valuesIn(q: string | undefined, field: string): readonly string[] {
  return readTerms(q ?? '')
    .filter((term) => term.field === field && !term.not)
    .flatMap(({ values }) => values)
}

/** The query with a value of a field added, or taken away where it is asked for; undefined where nothing is left. */
export function toggled(q: string | undefined, field: string, value: string): string | undefined {
  const terms = readTerms(q ?? '')
  const own = terms.find((term) => term.field === field && !term.not)
  const others = own?.values.filter((one) => one !== value) ?? []
  const values = own?.values.includes(value) === true ? others : [...others, value]
  const written = values.length === 0 ? '' : `${field}:${values.map((one) => valueOf(one)).join(',')}`
  const rest = terms
    .filter((term) => SAID_BY[term.field] !== field || term.not)
    .map((term) => (term === own ? written : term.text))
  const text = [...rest, own === undefined ? written : ''].filter((part) => part !== '').join(' ')
  return text === '' ? undefined : text
}

function valueOf(value: string): string {
  return termOf('', value).slice(1)
}
