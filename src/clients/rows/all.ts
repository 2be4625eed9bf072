import type { ClientRow } from '../client-row.ts'
import { AGENTS } from './agents.ts'
import { EDITORS } from './editors.ts'
import { LIBRARIES } from './libraries.ts'
import { SERVERS } from './servers.ts'

/** Every client that can be connected, by what it is, in the order in which they are listed. */
export const CLIENT_KINDS = { agent: AGENTS, editor: EDITORS, server: SERVERS, library: LIBRARIES } as const

/** The same in one list. */
export const CLIENT_ROWS: readonly ClientRow[] = Object.values(CLIENT_KINDS).flat()
