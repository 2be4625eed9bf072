import { expect, test } from 'bun:test'
import { PortBusy } from '../kit/http-server.ts'
import { CannotListen, listenNear, ownOrigins, portsNear } from './listen.ts'

const options = { host: '127.0.0.1', port: 0, handle: () => new Response('ok'), maxBodyBytes: 1 }

test('a default port gives way to the next free one, a chosen one does not', async () => {
  const first = listenNear(options, true)
  const wanted = { ...options, port: first.port }
  expect(() => listenNear(wanted, true)).toThrow(PortBusy)
  const second = listenNear(wanted, false)
  expect(portsNear(first.port, false)).toContain(second.port)
  expect(second.port).not.toBe(first.port)
  await Promise.all([first.stop('now'), second.stop('now')])
})

test('an address of another machine is told apart from a busy port', () => {
  expect(() => listenNear({ ...options, host: '192.0.2.1' }, false)).toThrow(CannotListen)
})

test('the gateway knows where it may come to stand', () => {
  expect(ownOrigins(5100, 4100)).toEqual(['http://127.0.0.1:5100'])
  expect(ownOrigins(undefined, 5200)).toEqual(['http://127.0.0.1:5200'])
  expect(ownOrigins(undefined, undefined)).toContain('http://127.0.0.1:4103')
})
