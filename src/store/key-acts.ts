/** A secret that another one has replaced, and that is taken for a time all the same. */
export interface EarlierSecret {
  /** HMAC-SHA-256 under the installation's pepper, hex. */
  readonly secretHmac: string
  /** It opens nothing from then on. */
  readonly untilMs: number
}

/** What can be done to a key. */
export const KEY_ACTS = [
  'made',
  'edited',
  'rotated',
  'earlier-ended',
  'paused',
  'resumed',
  'revoked',
] as const

/** Something that was done to a key: kept as long as the key is, `LIMITS.keyActs` of each. */
export interface KeyAct {
  readonly atMs: number
  readonly what: (typeof KEY_ACTS)[number]
  /** The command line, or the admin API, where the dashboard comes from. */
  readonly via: 'cli' | 'api'
  /** The name that was given with it. */
  readonly by?: string
  /** What became of it, in plain words; may be empty. */
  readonly detail: string
}

/** When a key was last used, as far as rows tell that are written anyway. */
export interface KeyUse {
  readonly keyId: string
  readonly atMs: number
  /** False: it is the begin of the hour in which it called a model last. */
  readonly isExact: boolean
  /** The program that sent the request, where that is known. */
  readonly client?: string
}
