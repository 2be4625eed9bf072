import type { ClientRow } from '../client-row.ts'
import { AGENTS } from './agents.ts'
import { EDITORS } from './editors.ts'
import { LIBRARIES } from './libraries.ts'
import { SERVERS } from './servers.ts'

/** Every client that can be connected, in the order in which they are listed. */
export const CLIENT_ROWS: readonly ClientRow[] = [...AGENTS, ...EDITORS, ...SERVERS, ...LIBRARIES]
