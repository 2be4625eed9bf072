import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import type { Environment } from '../config/interpolate.ts'
import { CommandError, EXIT } from './command.ts'
import { defined } from '../kit/defined.ts'

const CONFIG_FILE = 'gatehouse.yaml'
const DATA_DIRECTORY = '.gatehouse'

/** Where a command finds things. */
export interface Paths {
  /** Holds the store, the journal, the first key. */
  readonly dataDirectory: string
  readonly configFile?: string
}

export interface PathOptions {
  readonly data: string | undefined
  readonly config: string | undefined
}

/**
 * Decides where data and configuration are. Data is kept beside the project when there is one (a configuration file, data
 * from before, or a checkout started through npm), else in the user's state directory (XDG Base Directory 0.8).
 */
export function findPaths(directory: string, environment: Environment, options: PathOptions): Paths {
  const data = options.data ?? setVariable(environment, 'GATEHOUSE_DATA')
  const config = options.config ?? setVariable(environment, 'GATEHOUSE_CONFIG')
  const configFile =
    config === undefined ? existing(join(directory, CONFIG_FILE)) : resolve(directory, config)
  return {
    dataDirectory: data === undefined ? defaultData(directory, environment) : resolve(directory, data),
    ...defined({ configFile }),
  }
}

/** A variable that is set to nothing counts as not set: the empty path would be the working directory. */
function setVariable(environment: Environment, name: string): string | undefined {
  const value = environment[name]
  return value === '' ? undefined : value
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined
}

function defaultData(directory: string, environment: Environment): string {
  const local = join(directory, DATA_DIRECTORY)
  const inCheckout = environment['npm_package_name'] === 'gatehouse'
  if (inCheckout || existsSync(local) || existsSync(join(directory, CONFIG_FILE))) return local
  const home = environment['HOME'] ?? environment['USERPROFILE'] ?? directory
  const state = environment['XDG_STATE_HOME']
  return join(state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state'), 'gatehouse')
}

/**
 * Creates the data directory, private to the user and invisible to git.
 *
 * @throws CommandError when the directory cannot be made or written
 */
export function prepareDataDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const ignore = join(path, '.gitignore')
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n')
  } catch (thrown) {
    throw unusableDirectory(path, thrown)
  }
}

/** What stands in the way of using a data directory, and what to do. */
export function unusableDirectory(path: string, thrown: unknown): CommandError {
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  const hint = 'Name another one with --data.'
  return new CommandError(EXIT.failed, `The data directory ${path} cannot be used: ${reason}. ${hint}`)
}

/** A path as people read it: relative to where they are when it lies below. */
export function shownPath(path: string, directory: string): string {
  return path.startsWith(`${directory}/`) ? `.${path.slice(directory.length)}` : path
}
