/** Sentences and codes with which providers refuse reasoning that they did not make, or that was changed. */
const SENTENCES: readonly RegExp[] = [
  /invalid `?signature`? in `?thinking`? block/i,
  /`?(?:redacted_)?thinking`?.{0,80}cannot be modified/is,
  /bound to a different conversation/i,
  /expected `?thinking`?.{0,60}but found/is,
  /invalid_encrypted_content/i,
  /encrypted content.{0,80}could not be (?:verified|decrypted)/is,
  /of type '?reasoning'? was provided without its required following item/i,
  /item with id '?rs_[^']{0,80}'? not found/i,
  /missing a `?thought_signature`?/i,
  /thought signature is not valid/i,
  /reasoning_content.{0,80}must be passed back/is,
]

/**
 * True when a provider's message or error code says that the reasoning in the conversation is stale: made by another
 * account or model, or altered on the way. Such a request is mended by leaving the reasoning out, once.
 */
export function isStaleSignature(message: string): boolean {
  const text = message.slice(0, 4_000)
  return SENTENCES.some((sentence) => sentence.test(text))
}
