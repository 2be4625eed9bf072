import type { NoticeSink } from '../exchange/notice.ts'
import { sha256Hex } from '../kit/hash.ts'

/**
 * The end user under a name that is not too long for the target: as the client wrote it, else digits of its SHA-256, which stand
 * for the same user in every request.
 *
 * @param most most characters that the target takes
 */
export function toWireUser(user: string, most: number, notice: NoticeSink): string {
  if (user.length <= most) return user
  notice('param.clamped', 'user')
  return sha256Hex(user).slice(0, most)
}
