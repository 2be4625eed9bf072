import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Clock } from './clock.ts'
import { defined } from './defined.ts'

/** Where a probe goes. */
export interface ProbeAddress {
  /** Name or address, IPv6 without brackets. */
  readonly host: string
  readonly port: number
  /** True: the address has not answered before its TLS handshake is over. */
  readonly tls: boolean
  /** The name for the handshake, where `host` is a bare address. */
  readonly serverName?: string
}

/**
 * Finds out whether anything answers at an address: `true` for a connection that stands or is refused, by TCP or by TLS,
 * `false` for silence until the limit. A refusal counts as an answer, because whoever asked will see the refusal himself.
 */
export function answersConnection(address: ProbeAddress, limitMs: number, clock: Clock): Promise<boolean> {
  const { host, port, tls, serverName } = address
  return new Promise((resolve) => {
    const socket = tls
      ? connectTls({ host, port, ...defined({ servername: serverName }) })
      : connect({ host, port })
    const settle = (answered: boolean): void => {
      timer.cancel()
      socket.destroy()
      resolve(answered)
    }
    const timer = clock.after(limitMs, () => settle(false))
    socket.once(tls ? 'secureConnect' : 'connect', () => settle(true))
    socket.once('close', () => settle(true))
    socket.on('error', () => settle(true))
  })
}
