/** What marks an id that a path could not hold as it is: `.` and `..` lead elsewhere, whoever reads them. */
const MARK = '~'

/** A session in the path of its page. Clients name sessions as they like, also as what paths give another meaning. */
export const SESSION_PATH = {
  parse: ({ id }: { readonly id: string }) => ({ id: id.startsWith(MARK) ? id.slice(MARK.length) : id }),
  stringify: ({ id }: { readonly id: string }) => ({
    id: id.startsWith(MARK) || id === '.' || id === '..' ? MARK + id : id,
  }),
}
