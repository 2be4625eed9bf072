import type { Block } from '../exchange/content.ts'
import { Failure } from '../exchange/failure.ts'

/**
 * Refuses content that a target cannot be sent as it is: it is never left out. Throws `Failure('unsupported-feature')` that names
 * where the client wrote it.
 */
export function refuseBlock({ at }: Pick<Block, 'at'>, message: string): never {
  throw new Failure('unsupported-feature', { param: at ?? 'messages', message })
}
