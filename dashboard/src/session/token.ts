import { keepHere, keptHere } from '../app/browser-keep.ts'
import { decoded } from '../words/decoded.ts'

const KEY = 'gatehouse.token'
/** What the printed link carries behind the #. */
const IN_ADDRESS = /^#token=(.+)$/
/** How long a new tab waits for one that is signed in. */
const ASK_MS = 200

/** The admin token of this tab, and whoever wants to know when it comes or goes. */
export interface TokenKeeper {
  readonly current: () => string | undefined
  readonly keep: (token: string) => void
  readonly forget: () => void
  /** Calls back when the token comes or goes; gives what ends that. */
  readonly subscribe: (listener: () => void) => () => void
  /** Resolves once it is known whether there is a token: from the address, from this tab's past, or from another tab. */
  readonly ready: Promise<void>
}

/** What tabs of the same origin say to each other. */
type Word = { readonly ask: true } | { readonly token: string } | { readonly forget: true }

/**
 * Keeps the token in this tab alone (sessionStorage): no other origin, port or program of the machine is ever sent it, as a cookie would be,
 * and nothing sends it by itself. A tab that is opened beside asks those that are open. A browser that keeps nothing has it until the page is left.
 */
export function createTokenKeeper(): TokenKeeper {
  const listeners = new Set<() => void>()
  const channel = new BroadcastChannel(KEY)
  let held = keptHere(KEY, 'sessionStorage')
  const current = (): string | undefined => held
  const tell = (): void => listeners.forEach((listener) => listener())
  const store = (token: string): void => {
    held = token
    keepHere(KEY, token, 'sessionStorage')
    tell()
  }
  const drop = (): void => {
    held = undefined
    keepHere(KEY, undefined, 'sessionStorage')
    tell()
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel never leaves its origin
  const say = (word: Word): void => channel.postMessage(word)

  takeFromAddress(store)
  const { promise: ready, resolve } = Promise.withResolvers<void>()
  channel.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    const token = current()
    if ('forget' in data) drop()
    else if ('ask' in data && token !== undefined) say({ token })
    else if ('token' in data && token === undefined) {
      store(data.token)
      resolve()
    }
  })
  if (current() === undefined) {
    say({ ask: true })
    setTimeout(resolve, ASK_MS)
  } else resolve()

  return {
    current,
    keep: store,
    forget() {
      drop()
      say({ forget: true })
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    ready,
  }
}

/** The address is shown, kept in the history and copied: the token does not stay there. */
function takeFromAddress(keep: (token: string) => void): void {
  const token = IN_ADDRESS.exec(location.hash)?.[1]
  if (token === undefined) return
  history.replaceState(history.state, '', location.pathname + location.search)
  keep(decoded(token))
}
