import { HttpError } from './http-error.ts'

/** The HttpError that a promise rejects with; fails when it does not. */
export async function errorOf(promise: Promise<unknown>): Promise<HttpError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof HttpError) return error
    throw error
  }
  throw new Error('expected a rejection')
}
