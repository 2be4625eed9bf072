/** What a version of the configuration is. One is in force; one at most is tried on a share of the requests, and may be given up again. */
export const VERSION_STATES = ['in-force', 'tried', 'replaced', 'rolled-back', 'given-up'] as const

export type VersionState = (typeof VERSION_STATES)[number]

/** Who can make a version. */
export const VERSION_MAKERS = ['file', 'cli', 'api'] as const

/** A version of the configuration, without its texts. */
export interface ConfigVersion {
  /** 1, 2, 3, … */
  readonly number: number
  readonly atMs: number
  /** The file, the command line, or the admin API. */
  readonly by: (typeof VERSION_MAKERS)[number]
  /** The name that was given with it. */
  readonly author?: string
  readonly comment?: string
  /** The number whose texts it put in force again. */
  readonly of?: number
  /** Six digits of its digest: the end of the plan versions that requests have under it. */
  readonly hash: string
  /** What it changed, in plain words. */
  readonly changes: readonly string[]
  /** Why the managed document is left out of it. Absent: it is part of it. */
  readonly leftOut?: string
  readonly state: VersionState
  /** Why it has this state, where that is worth a word. */
  readonly verdict?: string
  /** On what terms it is tried, as JSON. Absent: it was put in force for everybody. */
  readonly trial?: string
}

/** The texts of a version, sealed. */
export interface SealedTexts {
  /** Absent: there was no file. */
  readonly file?: Uint8Array
  readonly managed: Uint8Array
  /** Digest of the file's text on the disk at that time, which after a roll-back is another than that in force. */
  readonly seen: string
}

export type NewVersion = Omit<ConfigVersion, 'number' | 'state' | 'verdict'> &
  SealedTexts & {
    readonly state: Extract<VersionState, 'in-force' | 'tried'>
    /** What becomes of the version that was in force: replaced unless it was rolled back. */
    readonly before?: Extract<VersionState, 'replaced' | 'rolled-back'>
  }

/** A secret that is kept under a name, sealed. */
export interface StoredSecret {
  readonly name: string
  readonly atMs: number
  readonly sealed: Uint8Array
}
