import { afterAll, expect, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isProcessAlive, readAddress, type Address } from '../../src/cli/address-file.ts'

const CHECKOUT = Bun.fileURLToPath(new URL('../..', import.meta.url))

const data = mkdtempSync(join(tmpdir(), 'gatehouse-npm-'))
let address: Address | undefined
afterAll(() => {
  if (address !== undefined && isProcessAlive(address.processId)) process.kill(address.processId, 'SIGKILL')
  rmSync(data, { recursive: true, force: true })
})

test('whoever stops `npm start` stops the gateway: it finishes, and nothing of it is left running', async () => {
  const flags = ['--port', '0', '--admin-port', '0', '--no-detect', '--data', data]
  const npm = Bun.spawn(['npm', 'start', '--', ...flags], {
    cwd: CHECKOUT,
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: 'ignore',
  })
  while (address === undefined && npm.exitCode === null) {
    await Bun.sleep(50)
    address = readAddress(data, isProcessAlive)
  }
  expect(address).toBeDefined()
  npm.kill('SIGTERM')
  await npm.exited
  expect(isProcessAlive(address?.processId ?? 0)).toBe(false)
  expect(existsSync(join(data, 'address.json'))).toBe(false)
})
