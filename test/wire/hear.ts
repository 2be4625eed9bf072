import { parseJsonObject } from '../../src/kit/json.ts'
import type { RawCall } from '../../src/kit/raw-upstream.fixture.ts'
import { CLIENT_DIALECTS, type ClientDialect } from '../modes.ts'
import { WIRES } from './all.ts'
import type { ProviderCall, WireFormat } from './wire-format.ts'

/** What a provider was asked, and in which language. */
export interface Heard extends ProviderCall {
  readonly dialect: ClientDialect
  readonly wire: WireFormat
  /** Id of the attempt, as the gateway named it. */
  readonly attempt: string
}

/** Understands a request of the house, whatever dialect it is in. Throws where it is in none. */
export function hear({ head, body }: Pick<RawCall, 'head' | 'body'>): Heard {
  const path = /^\S+ (\S+)/.exec(head)?.[1] ?? ''
  const attempt = /^x-gatehouse-attempt: *(\S+)/im.exec(head)?.[1] ?? ''
  const json = parseJsonObject(body) ?? {}
  for (const dialect of CLIENT_DIALECTS) {
    const wire = WIRES[dialect]
    const call = wire.readCall(path, json)
    if (call !== undefined) return { ...call, dialect, wire, attempt }
  }
  throw new Error(`no dialect is asked at ${path}`)
}
