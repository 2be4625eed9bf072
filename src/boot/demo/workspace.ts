import { existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mintKey } from '../../exchange/virtual-key.ts'
import { parseJsonObject, readNumber, readString } from '../../kit/json.ts'
import { acquireProcessLock } from '../../kit/process-lock.ts'
import { systemRandom } from '../../kit/random.ts'
import { Secret } from '../../kit/secret.ts'
import { DataDirectoryBusy, LOCK_FILE } from '../foundation.ts'
import { readTextFile } from '../read-text.ts'

/** Below the data directory of the real workspace, which it never touches. */
const DIRECTORY = 'demo'
/** By which a demo workspace is known: nothing without it is ever removed. */
const MARK = 'demo-workspace.json'
const NOT_WHOLE = '{}\n'
const KEYS = 'keys'
/** What stands in the place of the keys of providers, whom nobody asks. */
const PLAYED = 'played'
/** What stands here belongs to whoever made it. */
const PRIVATE = { mode: 0o600 } as const

/** The place of the demo workspace holds something else, or cannot be used. */
export class DemoUnusable extends Error {}

/** What is known of a demo workspace on the disk. */
export interface Mark {
  readonly madeAtMs: number
  readonly version: string
}

/** Where the demo workspace of a data directory is. */
export function demoDirectory(dataDirectory: string): string {
  return join(dataDirectory, DIRECTORY)
}

/** The mark of a demo workspace that was made to its end; undefined where there is none. Throws DemoUnusable where there is something else. */
export function readMark(directory: string): Mark | undefined {
  if (!existsSync(directory)) return undefined
  if (!lstatSync(directory).isDirectory()) throw foreign(directory, 'it is no directory of its own')
  const mark = parseJsonObject(readTextFile(join(directory, MARK)) ?? '')
  if (mark === undefined) {
    const [first] = readdirSync(directory)
    if (first !== undefined) throw foreign(directory, `it holds ${first}, and no ${MARK}`)
    return undefined
  }
  const madeAtMs = readNumber(mark, 'made_at_ms')
  const version = readString(mark, 'version')
  return madeAtMs === undefined || version === undefined ? undefined : { madeAtMs, version }
}

function foreign(directory: string, why: string): DemoUnusable {
  return new DemoUnusable(
    `${directory} is no demo workspace (${why}), and is left alone. Move it away, or name another data directory with --data.`,
  )
}

/**
 * Removes a demo workspace and nothing else. Harmless where there is none. Throws DemoUnusable where there is something else, and
 * DataDirectoryBusy while a gateway serves it.
 */
export function removeDemo(dataDirectory: string): void {
  const directory = demoDirectory(dataDirectory)
  if (!existsSync(directory)) return
  readMark(directory)
  const lock = acquireProcessLock(join(directory, LOCK_FILE))
  if (lock === undefined) throw new DataDirectoryBusy(directory)
  lock.release()
  // Whoever is interrupted here leaves what is known as no whole workspace, and may be removed again.
  writeFileSync(join(directory, MARK), NOT_WHOLE, PRIVATE)
  for (const name of readdirSync(directory))
    if (name !== MARK) rmSync(join(directory, name), { recursive: true, force: true })
  rmSync(directory, { recursive: true })
}

/** Makes the directory of a demo workspace that is about to be filled, with its configuration and the keys that this refers to. */
export function beginDemo(directory: string, config: string): void {
  try {
    mkdirSync(join(directory, KEYS), { recursive: true, mode: 0o700 })
    writeFileSync(join(directory, MARK), NOT_WHOLE, PRIVATE)
    writeFileSync(join(directory, '.gitignore'), '*\n')
    for (const [, name = ''] of config.matchAll(/file:keys\/([\w-]+)/g))
      writeFileSync(join(directory, KEYS, name), `${newKey()}\n`, PRIVATE)
    writeFileSync(join(directory, PLAYED), `${PLAYED}\n`, PRIVATE)
    writeFileSync(configFileIn(directory), config)
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    throw new DemoUnusable(`The demo workspace cannot be made in ${directory}: ${reason}`)
  }
}

/** Says that a workspace is whole. */
export function endDemo(directory: string, { madeAtMs, version }: Mark): void {
  writeFileSync(join(directory, MARK), `${JSON.stringify({ made_at_ms: madeAtMs, version })}\n`, PRIVATE)
}

/** The configuration of a demo workspace. */
export function configFileIn(directory: string): string {
  return join(directory, 'gatehouse.yaml')
}

/** The key of an application of a demo workspace. */
export function keyIn(directory: string, name: string): Secret {
  return new Secret(readTextFile(join(directory, KEYS, name))?.trim() ?? '')
}

/** Keys open the gateway of this workspace, so they are drawn by chance and never by a seed. */
function newKey(): string {
  return mintKey({ environment: 'demo', random: systemRandom, hmac: () => '' }).text.reveal()
}
