/** What a vendor's error says beyond its status and message. */
export interface VendorErrorDetails {
  /** The vendor's own word for the kind of error; absent: the usual one of the status. */
  readonly type?: string
  /** The finer word that some vendors add. */
  readonly code?: string
  /** The field at fault, in the vendor's notation. */
  readonly param?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * An error as the simulated vendor means it: it is written in the vendor's own envelope, without anything a gateway would add.
 */
export class VendorError extends Error {
  readonly status: number
  readonly details: VendorErrorDetails

  constructor(status: number, message: string, details: VendorErrorDetails = {}) {
    super(message)
    this.name = 'VendorError'
    this.status = status
    this.details = details
  }
}
