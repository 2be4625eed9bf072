/** Words of the system and of SQLite (https://www.sqlite.org/rescode.html): a full disk, missing rights, a damaged file. */
const CODES = /^(?:E[A-Z0-9]+|SQLITE_(?:FULL|IOERR|READONLY|CANTOPEN|PERM|BUSY|CORRUPT|NOTADB).*)$/

/** True of an error that tells what is wrong outside the program, so that nobody needs its stack. */
export function isSystemError(thrown: unknown): boolean {
  return (
    thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' && CODES.test(thrown.code)
  )
}
