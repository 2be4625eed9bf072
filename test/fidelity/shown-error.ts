/** What an SDK's error says, whoever's class it is. */
export interface ShownError {
  /** Name of its class. */
  readonly kind: string
  readonly status: number | undefined
  readonly message: string
}

/** Waits for a call of an SDK to throw and reads what it threw. Throws itself when the call succeeds. */
export async function errorOf(call: Promise<unknown>): Promise<ShownError> {
  try {
    await call
  } catch (thrown) {
    return readError(thrown)
  }
  throw new Error('the SDK took a failure for an answer')
}

function readError(thrown: unknown): ShownError {
  if (typeof thrown !== 'object' || thrown === null)
    return { kind: typeof thrown, status: undefined, message: String(thrown) }
  const { status, statusCode, message } = thrown as {
    readonly status?: number
    readonly statusCode?: number
    readonly message?: string
  }
  return {
    kind: thrown.constructor.name,
    status: status ?? statusCode,
    message: message ?? JSON.stringify(thrown),
  }
}
