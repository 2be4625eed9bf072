import { createTwoFilesPatch } from 'diff'
import { existsSync, lstatSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readTextFile } from '../../boot/read-text.ts'
import { defined } from '../../kit/defined.ts'
import { sha256Hex } from '../../kit/hash.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { ClientRow, Front, SettingsFile } from '../../clients/client-row.ts'
import { FORMATS, type Format } from '../../clients/formats.ts'
import {
  isHollow,
  setSettings,
  unsetSettings,
  UnfitFile,
  type MadeSetting,
} from '../../clients/settings-text.ts'
import { keepWritten, readWritten, replaceFile, type WrittenFile } from './written.ts'

const PRIVATE = 0o600
const USUAL = 0o644
const PERMISSIONS = 0o777

/** Where the files of clients are. */
export interface Places {
  readonly home: string
  readonly here: string
  readonly dataDirectory: string
}

/** What would become of a file. */
export interface FileChange {
  /** Absolute, behind links. */
  readonly path: string
  /** Text now; undefined where there is no file. */
  readonly now: string | undefined
  /** Text afterwards; undefined where there is none. */
  readonly after: string | undefined
  /** Text without anything of ours, and what was put into it: what has to be remembered. Absent when ours is taken out. */
  readonly written?: { readonly base: string | undefined; readonly made: readonly MadeSetting[] }
  /** Paths that were changed by others since they were written, and stay. */
  readonly kept: readonly string[]
  /** Where the text of before is kept already. */
  readonly backup?: string
  readonly mode: number
}

/**
 * What connecting a client would write. Nothing is touched.
 *
 * @throws UnfitFile with the name of the file
 */
export function planConnection(row: ClientRow, front: Front, places: Places): readonly FileChange[] {
  const before = readWritten(places.dataDirectory, row.name)
  return (row.files ?? []).flatMap((file) => {
    const settings = file.settings(front)
    const path = placeOf(file, places)
    return settings.length === 0
      ? []
      : [
          named(path, () => {
            const now = readCarefully(path)
            const format = FORMATS[file.format]
            const mine = before.find((one) => one.path === path)
            const { text: base, kept } = withoutOurs(now, mine, format)
            const { text, made } = setSettings(base ?? '', settings, format)
            const mode = file.hasKey === true ? PRIVATE : modeOf(path)
            const backup = mine?.backup
            return { path, now, after: text, written: { base, made }, kept, mode, ...defined({ backup }) }
          }),
        ]
  })
}

/** What taking back would do, likewise. */
export function planRemoval(row: ClientRow, places: Places): readonly FileChange[] {
  return readWritten(places.dataDirectory, row.name).map((mine) =>
    named(mine.path, () => {
      const now = readCarefully(mine.path)
      const format = FORMATS[formatOf(row, mine.path, places)]
      const { text, kept } = withoutOurs(now, mine, format)
      return {
        path: mine.path,
        now,
        after: text,
        kept,
        mode: modeOf(mine.path),
        ...defined({ backup: mine.backup }),
      }
    }),
  )
}

function formatOf(row: ClientRow, path: string, places: Places): SettingsFile['format'] {
  const files = row.files ?? []
  const same = files.find((file) => placeOf(file, places) === path)
  // Written from another directory: the name of the file is the same.
  const format = (same ?? files.find((file) => path.endsWith(`/${file.path}`)))?.format
  if (format === undefined) throw new UnfitFile('this version knows nothing of it')
  return format
}

interface Without {
  readonly text: string | undefined
  readonly kept: readonly string[]
}

/** What a file would say if nothing had ever been written into it. */
function withoutOurs(now: string | undefined, mine: WrittenFile | undefined, format: Format): Without {
  if (mine === undefined || now === undefined) return { text: now, kept: [] }
  const before = mine.backup === undefined ? undefined : readTextFile(mine.backup)
  const isBackedUp = mine.backup === undefined || before !== undefined
  if (sha256Hex(now) === mine.sha256 && isBackedUp) return { text: before, kept: [] }
  const { text, kept } = unsetSettings(now, { made: mine.made, before }, format)
  const isEmpty = mine.backup === undefined && isHollow(format.read(text))
  return { text: isEmpty ? undefined : text, kept }
}

/**
 * Does what was planned: every file as a whole, its text of before kept beside it, and remembers it.
 *
 * @returns the paths of the texts of before that were kept
 */
export function carryOut(row: ClientRow, changes: readonly FileChange[], places: Places): readonly string[] {
  const kept = new Map(readWritten(places.dataDirectory, row.name).map((file) => [file.path, file]))
  const backups: string[] = []
  for (const change of changes) {
    const mine = change.written === undefined ? undefined : toRemember(change, change.written)
    if (mine === undefined) kept.delete(change.path)
    else kept.set(change.path, mine)
    if (mine?.backup !== undefined) backups.push(mine.backup)
    // What is remembered but was not written is found out when it is taken back; the other way round it would stay for ever.
    if (mine !== undefined) keepWritten(places.dataDirectory, row.name, [...kept.values()])
    put(change)
    if (mine === undefined) keepWritten(places.dataDirectory, row.name, [...kept.values()])
  }
  return backups
}

function toRemember(change: FileChange, { base, made }: NonNullable<FileChange['written']>): WrittenFile {
  const { path, after = '' } = change
  const sha256 = sha256Hex(after)
  if (base === undefined) return { path, sha256, made }
  const backup = change.backup ?? freeBackup(path)
  replaceFile(backup, base, PRIVATE)
  return { path, sha256, made, backup }
}

/** A name beside the file that nobody has taken. */
function freeBackup(path: string): string {
  const first = `${path}.before-gatehouse`
  for (let count = 2; count < LIMITS.connectBackups; count += 1) {
    const name = count === 2 ? first : `${first}-${count - 1}`
    if (!existsSync(name)) return name
  }
  throw new UnfitFile(`${path}: there are too many files ${first}-…`)
}

function put({ path, after, mode, backup, written, kept }: FileChange): void {
  if (after === undefined) rmSync(path, { force: true })
  else replaceFile(path, after, mode)
  if (written === undefined && backup !== undefined && kept.length === 0) rmSync(backup, { force: true })
}

/** The change as a unified diff; without the key, which would stay in a terminal's memory. */
export function diffText({ path, now, after }: FileChange, key: string | undefined): string {
  const patch = createTwoFilesPatch(path, path, now ?? '', after ?? '', undefined, undefined, { context: 3 })
  const lines = patch.split('\n').slice(1).join('\n').trimEnd()
  return key === undefined ? lines : lines.replaceAll(key, `${key.slice(0, 6)}…`)
}

/** Where a file of a client is, behind links: who keeps settings elsewhere and links them wants the link to stay. */
function placeOf({ place, path }: SettingsFile, places: Places): string {
  const whole = join(places[place], path)
  try {
    return realpathSync(whole)
  } catch {
    return isLink(whole) ? refuseLink(whole) : whole
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

function refuseLink(path: string): never {
  throw new UnfitFile(`${path}: it is a link to nowhere`)
}

function readCarefully(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (!stats.isFile()) throw new UnfitFile('it is no file')
  if (stats.size > LIMITS.connectedFileBytes) throw new UnfitFile('it is too large to be settings')
  return readFileSync(path, 'utf8')
}

function modeOf(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.mode ?? USUAL) & PERMISSIONS
}

/** Whatever stands in the way is told with the name of the file. */
function named<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new UnfitFile(`${path}: ${reason}`)
  }
}
