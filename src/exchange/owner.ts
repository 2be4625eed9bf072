/**
 * Whom a request is counted for, narrowest first. Columns, groupings, filters and the words of refusals follow from this list:
 * a further scope is a further word here, and a place wherever the compiler then asks for one.
 */
export const SCOPES = ['key', 'user', 'customer', 'project', 'team', 'organisation'] as const

export type Scope = (typeof SCOPES)[number]

/** One of those a request is counted for. */
export interface Owner {
  readonly scope: Scope
  readonly id: string
}

/** All of those a request is counted for, by scope. */
export type Owners = { readonly [S in Scope]?: string }
