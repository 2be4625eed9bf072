import type { AlertUnit } from '../exchange/alert.ts'

/** What a look at things gave. */
export interface Look {
  /** For what it rings now, by key; none twice. */
  readonly findings: readonly Finding[]
  /** How things stand, whether it rings or not. */
  readonly stand: Stand
}

/** Something that a rule rings for. */
export interface Finding {
  /** The empty text: all of what is watched. */
  readonly key: string
  readonly text: string
  readonly value?: number
}

/** How things stood when a rule was last looked at. */
export interface Stand {
  readonly text: string
  /** The value that is nearest to ringing, or beyond. */
  readonly value?: number
  readonly unit?: AlertUnit
  /** Not all that was asked for was looked at, only what is newer than this. */
  readonly lookedBackToMs?: number
}
