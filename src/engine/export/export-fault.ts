/** Why a list is not taken out, in words for the client. */
export class ExportFault extends Error {
  constructor(
    /** The HTTP status. */
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
