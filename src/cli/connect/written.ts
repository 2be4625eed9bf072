import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readTextFile } from '../../boot/read-text.ts'
import {
  isObject,
  parseJsonObject,
  readArray,
  readBoolean,
  readNumber,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../../kit/json.ts'
import { defined } from '../../kit/defined.ts'
import type { Step } from '../../clients/client-row.ts'
import type { MadeSetting } from '../../clients/settings-text.ts'

/** Below the data directory: what was written for which client. */
const WRITTEN_DIRECTORY = 'connected'

/** What was written into one file. */
export interface WrittenFile {
  /** Absolute, behind links. */
  readonly path: string
  /** Hash of the whole text: while it stands, taking back is putting back. */
  readonly sha256: string
  /** Where the text of before is kept; absent where there was no file. */
  readonly backup?: string
  readonly made: readonly MadeSetting[]
}

/** What was written for a client, as this installation remembers it; nothing where nothing was. */
export function readWritten(dataDirectory: string, client: string): readonly WrittenFile[] {
  const note = parseJsonObject(readTextFile(notePath(dataDirectory, client)) ?? '') ?? {}
  return readObjects(note, 'files').flatMap(toWrittenFile)
}

/** Remembers what was written for a client; nothing: forgets it. */
export function keepWritten(dataDirectory: string, client: string, files: readonly WrittenFile[]): void {
  const path = notePath(dataDirectory, client)
  if (files.length === 0) rmSync(path, { force: true })
  else replaceFile(path, `${JSON.stringify({ files })}\n`, 0o600)
}

/** Writes a file as a whole or not at all. */
export function replaceFile(path: string, text: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true })
  const fresh = `${path}.${process.pid}.new`
  try {
    writeFileSync(fresh, text, { mode, flag: 'wx', flush: true })
    renameSync(fresh, path)
  } catch (thrown) {
    rmSync(fresh, { force: true })
    throw thrown
  }
}

function notePath(dataDirectory: string, client: string): string {
  return join(dataDirectory, WRITTEN_DIRECTORY, `${client}.json`)
}

function toWrittenFile(file: JsonObject): WrittenFile[] {
  const [path, sha256, backup] = ['path', 'sha256', 'backup'].map((name) => readString(file, name))
  if (path === undefined || sha256 === undefined) return []
  return [{ path, sha256, made: readObjects(file, 'made').flatMap(toMade), ...defined({ backup }) }]
}

function toMade(made: JsonObject): MadeSetting[] {
  const sha256 = readString(made, 'sha256')
  const stood = readNumber(made, 'stood')
  if (sha256 === undefined || stood === undefined) return []
  const stays = readBoolean(made, 'stays') === true ? { stays: true as const } : {}
  return [{ path: readArray(made, 'path').flatMap(toStep), sha256, stood, ...stays }]
}

function toStep(step: Json): Step[] {
  if (typeof step === 'string') return [step]
  const name = isObject(step) ? readString(step, 'name') : undefined
  return name === undefined ? [] : [{ name }]
}
