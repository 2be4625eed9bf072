/** What is wanted of every target, in the words of the file: data, which is kept with a key and becomes constraints where that is used. */
export interface OnlyTerms {
  /** Its provider lies in one of these. */
  readonly region?: readonly string[] | undefined
  /** Its provider keeps what it is sent for no longer; milliseconds. */
  readonly retention?: number | undefined
  readonly data_policy?: 'no-training' | undefined
  /** It is at one of these. */
  readonly providers?: readonly string[] | undefined
  /** Its provider has all of these. */
  readonly tags?: readonly string[] | undefined
}

/** What nobody fulfils: for terms that cannot be read, because what they want is not known. */
export const WANTS_NOBODY: OnlyTerms = { providers: [] }
