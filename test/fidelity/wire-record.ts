/** One exchange as it was on the wire, beneath the SDK. */
export interface WireExchange {
  readonly status: number
  readonly headers: Headers
  /** The whole body of the answer as text. */
  readonly text: Promise<string>
  /** Id of the request at the gateway. */
  readonly requestId: string
  /** Codes of the notices in `x-gatehouse-notices`. */
  readonly notices: readonly string[]
}

/** Listens beneath an SDK. */
export interface WireRecord {
  readonly fetch: (input: string | URL | Request, init?: RequestInit) => Promise<Response>
  /** The latest exchange; throws when there was none. */
  last(): WireExchange
}

export interface WireRecordOptions {
  /** False where nobody but the SDK may read the body, so that leaving it closes the connection. */
  readonly keepsText: boolean
}

/** Creates a recorder to be passed to an SDK in place of `fetch`. */
export function createWireRecord({ keepsText }: WireRecordOptions = { keepsText: true }): WireRecord {
  let latest: WireExchange | undefined
  return {
    async fetch(input, init) {
      const response = await fetch(input, init)
      const { status, headers } = response
      latest = {
        status,
        headers,
        text: keepsText ? response.clone().text() : Promise.resolve(''),
        requestId: headers.get('x-request-id') ?? '',
        notices: (headers.get('x-gatehouse-notices') ?? '')
          .split('; ')
          .map((notice) => notice.split('=')[0] ?? '')
          .filter((code) => code !== ''),
      }
      return response
    },
    last() {
      if (latest === undefined) throw new Error('the SDK sent nothing')
      return latest
    },
  }
}
