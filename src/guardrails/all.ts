import { email, ipAddress, ipAddress6, phone } from './contacts.ts'
import { entropy } from './entropy.ts'
import type { Detector } from './detector.ts'
import { nationalId } from './national-ids.ts'
import { personName } from './person-name.ts'
import { postalAddress } from './postal-address.ts'
import { iban, paymentCard } from './payments.ts'
import { privateKey } from './private-keys.ts'
import { credentials, jwt, labelledSecret } from './secrets.ts'
import { createTokens } from './tokens.ts'

/** Heuristics that are right less often than the others: they look only where a guardrail names them. */
export const GUESSING_DETECTORS: readonly Detector[] = [personName, postalAddress]

/**
 * Everything that can be found. A further detector is a row here. Where two find the same place, the one that stands first has its
 * name there.
 *
 * @param keyPrefixes how keys of providers of models begin
 */
export function createDetectors(keyPrefixes: readonly string[]): readonly Detector[] {
  return [
    privateKey,
    jwt,
    createTokens(keyPrefixes),
    credentials,
    labelledSecret,
    entropy,
    email,
    iban,
    paymentCard,
    nationalId,
    ipAddress,
    ipAddress6,
    phone,
  ]
}
