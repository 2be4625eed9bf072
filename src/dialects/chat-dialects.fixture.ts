import { DIALECTS } from './all.ts'
import type { Dialect } from './dialect.ts'

/** Every dialect that conversations are held in. */
export const CHAT_DIALECTS: readonly Dialect[] = DIALECTS.filter(({ codecs }) => codecs.chat !== undefined)
