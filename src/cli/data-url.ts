import { join } from 'node:path'
import { FIRST_KEY_FILE } from '../boot/first-key.ts'
import { readerBeside, readTextFile } from '../boot/read-text.ts'
import { isProcessAlive, readAddress } from './address-file.ts'
import type { CommandCall } from './command.ts'
import type { Paths } from './data-directory.ts'

/** The first key from the file that the first start left, mode 0600. */
export function readFirstKey(dataDirectory: string): string | undefined {
  const text = readTextFile(join(dataDirectory, FIRST_KEY_FILE)) ?? ''
  return /^GATEHOUSE_KEY=(\S+)/m.exec(text)?.[1]
}

/** Where the gateway listens: what the running one wrote down, else what the configuration says. */
export async function dataUrl(call: CommandCall, paths: Paths): Promise<string> {
  const address = readAddress(paths.dataDirectory, isProcessAlive)
  if (address !== undefined) return address.dataUrl
  call.output.say('# the gateway is not running')
  const { loadConfig } = await import('../config/load.ts')
  const { configFile } = paths
  const text = configFile === undefined ? '' : (readTextFile(configFile) ?? '')
  const readText = configFile === undefined ? () => undefined : readerBeside(configFile)
  const server = loadConfig({ text, environment: call.environment, readText }).config?.server
  const host = server === undefined || server.host === '0.0.0.0' ? '127.0.0.1' : server.host
  return `http://${host}:${server?.port ?? 4100}`
}
