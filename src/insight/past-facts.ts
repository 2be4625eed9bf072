import type { Caller } from '../exchange/caller.ts'
import type { FactValue, FactValues } from '../exchange/condition.ts'
import type { RequestFeatures } from '../exchange/features.ts'
import { imaginedFacts } from '../exchange/imagined-facts.ts'
import { factsAtTime } from '../exchange/time-facts.ts'
import { isAlwaysRecorded, type RecordedFacts } from '../exchange/recorded-facts.ts'
import type { RequestRow } from '../store/store.ts'

/** What is known of a request of the log. */
export interface PastSource {
  readonly row: RequestRow
  readonly features: RequestFeatures
  /** Absent: its record holds none. */
  readonly recorded: RecordedFacts | undefined
  /** Whoever would ask now. */
  readonly caller: Caller
}

/** Facts that the line of the log tells, or the inputs of the choice. */
const OF_LINE: Readonly<Record<string, (source: PastSource) => FactValue>> = {
  'request.operation': ({ row }) => row.operation,
  'request.model': ({ row }) => row.requestedModel,
  'request.dialect': ({ row }) => row.dialect,
  'request.stream': ({ row }) => row.stream,
  'request.purpose': ({ row }) => row.purpose ?? '',
  'request.input_tokens': ({ features }) => features.inputTokens,
  'request.max_output_tokens': ({ features }) => features.maxOutputTokens ?? 0,
  'request.has_tools': ({ features }) => features.tools,
  'request.has_images': ({ features }) => features.vision,
  'request.has_documents': ({ features }) => features.documents,
  'request.has_audio': ({ features }) => features.audio,
  'request.has_schema': ({ features }) => features.jsonSchema,
  'request.reasoning': ({ features }) => features.reasoning,
  'key.id': ({ row }) => row.owners.key ?? '',
  'key.name': ({ row }) => row.keyName ?? '',
  'key.project': ({ row }) => row.owners.project ?? '',
  'key.user': ({ row }) => row.owners.user ?? '',
  'key.team': ({ row }) => row.owners.team ?? '',
  'key.organisation': ({ row }) => row.owners.organisation ?? '',
  'now.hour': ({ row }) => factsAtTime.hour(row.atMs),
  'now.weekday': ({ row }) => factsAtTime.weekday(row.atMs),
  'now.unix': ({ row }) => factsAtTime.unix(row.atMs),
}

const EMPTY = imaginedFacts(new Map())

/** The facts of a request of the log. What was not recorded is empty, and is noted as unknown once a condition asks for it. */
export class PastFacts implements FactValues {
  readonly #source: PastSource
  #unknown: Set<string> | undefined

  constructor(source: PastSource) {
    this.#source = source
  }

  /** Names of facts that were asked for and are not known. */
  get unknown(): ReadonlySet<string> | undefined {
    return this.#unknown
  }

  readonly read = (name: string): FactValue | undefined => {
    const { recorded, caller } = this.#source
    const ofLine = Object.hasOwn(OF_LINE, name) ? OF_LINE[name] : undefined
    if (ofLine !== undefined) return ofLine(this.#source)
    if (recorded?.known.has(name) === true) return recorded.known.get(name)
    const isEmpty = isAlwaysRecorded(name) && recorded?.unfit.has(name) === false
    const isUnspent = name === 'budget.used_percent' && caller.budgetPeriods.isEmpty
    if (!isEmpty && !isUnspent) (this.#unknown ??= new Set()).add(name)
    return EMPTY.read(name)
  }
}
