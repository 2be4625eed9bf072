import { BodyReader } from './body-reader.ts'
import type { HttpClient, HttpRequest, HttpResponse, PartWatcher } from './http-client.ts'
import { HttpError } from './http-error.ts'

/** Answers a request in the place of the network. Rejects with `HttpError` where there would be no answer. */
export type AnswerInProcess = (request: HttpRequest) => Promise<Response>

/**
 * Creates a client for which there is no network: whatever is sent is answered here, whatever address it names. Of the limits of a
 * request those hold that the caller keeps by its controller; a body that errors is a connection that was reset.
 */
export function createInProcessHttp(answer: AnswerInProcess): HttpClient {
  return {
    async send(request) {
      const { controller } = request
      const response = await unlessAborted(controller.signal, () => answer(request))
      return new Answer(response, controller)
    },
    close() {},
  }
}

/** Waits for work that ends at the latest when the signal is aborted. Rejects with `HttpError` only. */
async function unlessAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  if (signal.aborted) throw new HttpError('aborted')
  const { promise: left, reject } = Promise.withResolvers<never>()
  const leave = (): void => reject(new HttpError('aborted'))
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([work(), left])
  } catch (thrown) {
    throw thrown instanceof HttpError ? thrown : new HttpError('connection-reset')
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

class Answer implements HttpResponse {
  readonly status: number
  readonly headers: Headers
  readonly #controller: AbortController
  readonly #reader: BodyReader | undefined
  #over = false

  constructor({ status, headers, body }: Response, controller: AbortController) {
    this.status = status
    this.headers = headers
    this.#controller = controller
    this.#reader = body === null ? undefined : new BodyReader(body)
  }

  async read(): Promise<Uint8Array | undefined> {
    if (this.#over) return undefined
    try {
      const bytes = await unlessAborted(this.#controller.signal, async () => this.#reader?.read())
      this.#over = bytes === undefined
      return bytes
    } catch (thrown) {
      this.#over = true
      throw thrown
    }
  }

  async readAll(maxBytes: number, watcher?: PartWatcher): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let length = 0
    try {
      for (let part = await this.read(); part !== undefined; part = await this.read()) {
        length += part.length
        if (length > maxBytes) throw new HttpError('body-too-large')
        parts.push(part)
        watcher?.came(part)
      }
    } catch (thrown) {
      this.cancel()
      if (thrown instanceof HttpError) thrown.received = Buffer.concat(parts)
      throw thrown
    }
    return Buffer.concat(parts)
  }

  cancel(): void {
    if (this.#over) return
    this.#over = true
    this.#controller.abort()
  }
}
