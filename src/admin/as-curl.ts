import type { Codec, Dialect } from '../dialects/dialect.ts'
import { listEndpoints, type ListedEndpoint } from '../dialects/list-endpoints.ts'
import { readDecision } from '../exchange/decision-record.ts'
import type { FactValue } from '../exchange/condition.ts'
import { OWN_PREFIX } from '../exchange/own-headers.ts'
import { readFacts } from '../exchange/recorded-facts.ts'
import { isArray } from '../kit/json.ts'
import type { RequestRow } from '../store/store.ts'

/** Where applications ask, and what is spoken there. */
export interface CurlParts {
  readonly dialects: readonly Dialect[]
  readonly dataUrl: string
}

/** Stands where nobody keeps what was said. */
const SOMETHING = 'Say hi'
const PARAMETER = /\{\+?\w+\}/
/** What a body is read from that cannot be written here. */
const FILE = '@request.json'

/**
 * A request of the log as a call from a shell: in the client's dialect, with the same model, tags and session, and with the key in
 * `$GATEHOUSE_KEY`. The words of chats are others; a body of any other operation is read from a file. Undefined where nobody speaks the
 * dialect any more.
 */
export function asCurl(row: RequestRow, { dialects, dataUrl }: CurlParts): string | undefined {
  const dialect = dialects.find(({ name }) => name === row.dialect)
  if (dialect === undefined) return undefined
  const all = listEndpoints(dialect).filter(({ operation, method }) => {
    return operation === row.operation && method === 'POST'
  })
  const [first] = all
  if (first === undefined) return undefined
  const { requestedModel: model, stream } = row
  const [path = '', query] = first.codec.providerEndpoint({ model, stream }).path.split('?')
  const at = all.map((one) => withModel(one, model)).find((one) => one.endsWith(path))
  const url = dataUrl + (at ?? withModel(first, model)) + (query === undefined ? '' : `?${query}`)
  const { headers, body } = chatIn(dialect, row) ?? { headers: {}, body: FILE }
  const said = { 'content-type': 'application/json', ...headers, ...wishesOf(row) }
  return [
    `curl -s${stream ? 'N' : ''} ${quoted(url)}`,
    '-H "Authorization: Bearer $GATEHOUSE_KEY"',
    ...Object.entries(said).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    `-d ${body === FILE ? body : quoted(body)}`,
  ].join(' \\\n  ')
}

function withModel({ path }: ListedEndpoint, model: string): string {
  return path.replace(PARAMETER, model.split('/').map(encodeURIComponent).join('/'))
}

/** A chat about something else, as clients of the dialect write it. */
function chatIn(
  { codecs }: Dialect,
  { operation, requestedModel: model, stream }: RequestRow,
): { readonly headers: Readonly<Record<string, string>>; readonly body: string } | undefined {
  const codec: Codec<'chat'> | undefined = codecs.chat
  if (operation !== 'chat' || codec === undefined) return undefined
  const { headers, body } = codec.encodeRequest(
    {
      operation,
      model,
      stream,
      wantsUsage: false,
      turns: [{ role: 'user', blocks: [{ type: 'text', text: SOMETHING }] }],
    },
    { model, capabilities: {}, quirks: {}, notice: () => {}, headers: {} },
  )
  return typeof body === 'string' ? { headers, body } : undefined
}

/** Tags and session, as clients say them beside the body. */
function wishesOf({ decision }: RequestRow): Readonly<Record<string, string>> {
  const record = decision === undefined ? undefined : readDecision(decision)
  const known = record && readFacts(record)?.known
  const wishes = {
    tags: textOf(known?.get('request.tags')),
    session: textOf(known?.get('request.session')),
    customer: textOf(known?.get('request.customer')),
  }
  return Object.fromEntries(
    Object.entries(wishes).flatMap(([name, value]) => (value === '' ? [] : [[OWN_PREFIX + name, value]])),
  )
}

function textOf(value: FactValue | undefined): string {
  if (typeof value === 'string') return value
  return typeof value === 'object' && isArray(value) ? value.map(String).join(',') : ''
}

/** A word of a shell that stands for itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
