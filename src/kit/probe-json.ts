import { parseJsonObject, type JsonObject } from './json.ts'

/** Asks an address of this machine for a JSON object; undefined when nothing sensible answers in time. Never rejects. */
export async function probeJson(url: string, timeoutMs: number): Promise<JsonObject | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' })
    return response.ok ? parseJsonObject(await response.text()) : undefined
  } catch {
    return undefined
  }
}
