import type { JournalFiles } from './journal-files.ts'

/** Files of a journal that nobody will read: they take what is written, and forget it. */
export const UNREAD_FILES: JournalFiles = {
  open(path) {
    let size = 0
    return {
      path,
      get size() {
        return size
      },
      append: (bytes, length = bytes.length) => void (size += length),
      synced: () => Promise.resolve(),
      close: () => Promise.resolve(),
      poisoned: undefined,
    }
  },
  read: () => undefined,
  list: () => [],
  remove() {},
  ensureDirectory() {},
}
