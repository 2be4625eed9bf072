import { parseJsonObject, type JsonObject } from '../kit/json.ts'

/** Asks an address of this machine for JSON; undefined when nothing sensible answers in time. Never rejects. */
export async function probeLocal(url: string, timeoutMs: number): Promise<JsonObject | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' })
    return response.ok ? parseJsonObject(await response.text()) : undefined
  } catch {
    return undefined
  }
}
