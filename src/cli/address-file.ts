import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseJsonObject, readNumber, readString } from '../kit/json.ts'

const ADDRESS_FILE = 'address.json'

/** Where the gateway of a data directory listens. */
export interface Address {
  readonly dataUrl: string
  readonly adminUrl: string
  readonly processId: number
}

/** Leaves a note for other commands; removed by `removeAddress`. */
export function writeAddress(dataDirectory: string, address: Address): void {
  writeFileSync(join(dataDirectory, ADDRESS_FILE), `${JSON.stringify(address)}\n`, { mode: 0o600 })
}

export function removeAddress(dataDirectory: string): void {
  rmSync(join(dataDirectory, ADDRESS_FILE), { force: true })
}

/**
 * The address of the gateway that runs on a data directory, or undefined when none does. A note that a killed process left
 * behind does not count.
 */
export function readAddress(
  dataDirectory: string,
  isAlive: (processId: number) => boolean,
): Address | undefined {
  const path = join(dataDirectory, ADDRESS_FILE)
  if (!existsSync(path)) return undefined
  const note = parseJsonObject(readFileSync(path, 'utf8')) ?? {}
  const dataUrl = readString(note, 'dataUrl')
  const adminUrl = readString(note, 'adminUrl')
  const processId = readNumber(note, 'processId')
  if (dataUrl === undefined || adminUrl === undefined || processId === undefined) return undefined
  return isAlive(processId) ? { dataUrl, adminUrl, processId } : undefined
}

/** True while a process of this id runs. */
export function isProcessAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM'
  }
}
