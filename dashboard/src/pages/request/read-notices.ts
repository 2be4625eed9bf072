/** A notice with the fields that it is about. */
export interface NoticeRead {
  readonly code: string
  readonly subjects: readonly string[]
}

/** Reads `param.dropped=seed,logit_bias; seal.foreign`. */
export function readNotices(text: string): readonly NoticeRead[] {
  return text
    .split('; ')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=')
      return at < 0
        ? { code: part, subjects: [] }
        : { code: part.slice(0, at), subjects: part.slice(at + 1).split(',') }
    })
}
