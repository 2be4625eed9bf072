import type { CompiledConfig } from '../config/compile.ts'
import type { ConfigChange } from '../config/changes.ts'
import type { TrialFigures, TrialTerms } from '../experiments/version-trial.ts'
import type { ConfigProblem } from '../config/problems.ts'
import type { JsonObject } from '../kit/json.ts'
import type { ConfigVersion } from '../store/releases.ts'
import type { Page, PageQuery } from '../store/store.ts'

/** What is in force, and where it comes from. */
export interface ReleaseNow {
  /** Absent while the store has not taken it yet. */
  readonly version?: ConfigVersion
  readonly compiled: CompiledConfig
  /** Text of the managed document. */
  readonly managed: string
  /** Absent: there is no file. */
  readonly file?: string
  /** False when the file was changed and cannot be used. */
  readonly healthy: boolean
  /** True while the file is not what is in force. */
  readonly drifted: boolean
}

/** What a changed managed document would make of the configuration in force. */
export interface ReleaseDraft {
  readonly compiled: CompiledConfig
  readonly changes: readonly ConfigChange[]
}

/** Who wants it, and what for. */
export interface MadeBy {
  readonly by: 'cli' | 'api'
  readonly author?: string | undefined
  readonly comment?: string | undefined
}

/** Whether it is tried at first. */
export interface MadeTrial {
  /** Absent: it is in force for everybody at once. */
  readonly trial?: TrialTerms | undefined
}

/** A version with its texts. */
export interface ReadVersion {
  readonly version: ConfigVersion
  /** Absent where the key that they were sealed with is gone. */
  readonly texts?: { readonly file: string; readonly managed: string }
}

/** The version that is in force now, or tried; `isNew` is false where nothing was different. */
export interface MadeVersion {
  readonly version: ConfigVersion
  readonly isNew: boolean
}

/** A version that is tried, and how it does. */
export interface TrialNow extends TrialTerms {
  readonly version: ConfigVersion
  /** Since when requests are counted: since it began, or since the start of the process. */
  readonly countedSinceMs: number
  readonly figures: TrialFigures
}

/** Nothing else can be changed while a version is tried. */
export class TrialUnderWay extends Error {
  readonly number: number

  constructor(number: number) {
    super(`version ${number} is being tried`)
    this.name = 'TrialUnderWay'
    this.number = number
  }
}

/** A configuration that cannot be put in force. */
export class ReleaseRefused extends Error {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super('the configuration has mistakes')
    this.name = 'ReleaseRefused'
    this.problems = problems
  }
}

/** Where versions of the configuration are made and looked at. Changes are made one after the other. */
export interface ReleaseDesk {
  now(): ReleaseNow
  list(query: PageQuery): Promise<Page<ConfigVersion>>
  read(number: number): Promise<ReadVersion | undefined>
  /** Compiles another managed document, and nothing more. */
  draft(managed: string): ReleaseDraft
  /** Compiles other texts, as going back to them would, and nothing more. */
  compare(texts: { readonly file: string; readonly managed: string }): ReleaseDraft
  /** What taking over the file as it is on the disk now would change; undefined where it is in force, or there is none to read. */
  drift(): ReleaseDraft | undefined
  /**
   * Puts another managed document in force, or tries it on a share of the requests where there are terms for that. Rejects with
   * ReleaseRefused, TrialUnderWay, and with what `edit` throws.
   */
  change(edit: (managed: string) => string, madeBy: MadeBy & MadeTrial): Promise<MadeVersion>
  /** The version that is tried; absent: none is. */
  trial(): TrialNow | undefined
  /** Puts the version that is tried in force for everybody; undefined where none is. Rejects with ReleaseRefused. */
  promote(): Promise<MadeVersion | undefined>
  /** Ends the trial; undefined where there is none. */
  giveUp(): Promise<MadeVersion | undefined>
  /** Puts both texts of a version in force again, which ends a trial; undefined where there is none. Rejects with ReleaseRefused. */
  rollBack(number: number, madeBy: MadeBy): Promise<MadeVersion | undefined>
  /** The JSON Schema of the file. */
  schemaOf(): JsonObject
}
