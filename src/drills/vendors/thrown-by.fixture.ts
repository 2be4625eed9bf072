/** What a call of an SDK threw; fails when it did not. */
export async function thrownBy(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}
