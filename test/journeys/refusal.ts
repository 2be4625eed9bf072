import { APIError } from 'openai'

/** How a call of the `openai` SDK was refused; throws where it was answered. */
export async function refusal(
  asked: Promise<unknown>,
): Promise<{ status: unknown; code: unknown; message: string }> {
  try {
    await asked
  } catch (thrown) {
    if (thrown instanceof APIError)
      return { status: thrown.status, code: thrown.code, message: thrown.message }
    throw thrown
  }
  throw new Error('it was answered')
}
