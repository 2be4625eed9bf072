import { connect } from 'node:net'
import type { Clock } from './clock.ts'

/**
 * Finds out whether anything answers at an address: `true` for an accepted or refused connection, `false` for silence
 * until the limit. A refusal counts as an answer, because whoever asked will see the refusal himself.
 *
 * @param host name or address, IPv6 without brackets
 */
export function answersTcp(
  address: { host: string; port: number },
  limitMs: number,
  clock: Clock,
): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address.host, port: address.port })
    const settle = (answered: boolean): void => {
      timer.cancel()
      socket.destroy()
      resolve(answered)
    }
    const timer = clock.after(limitMs, () => settle(false))
    socket.once('connect', () => settle(true))
    socket.on('error', () => settle(true))
  })
}
