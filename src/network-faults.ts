/** The meaning of an error code of Node's sockets or HTTP client. */
interface NetworkFault {
  /** What is wrong with the other system; it completes a sentence that begins with "The database" or another name. */
  text: string;
  /** Whether no connection was ever made, so that the other side cannot have received anything. */
  isNeverConnected: boolean;
}

/** The one table of network failures: for databases, other systems, and the answers that depend on them. */
export const NETWORK_FAULTS: Readonly<Record<string, NetworkFault>> = {
  ENOTFOUND: { text: "its host is not known", isNeverConnected: true },
  EAI_AGAIN: { text: "its host is not known at the moment", isNeverConnected: true },
  ECONNREFUSED: { text: "nothing listens on its host and port", isNeverConnected: true },
  FORBIDDEN_ADDRESS: { text: "its address may not be reached", isNeverConnected: true },
  BAD_PORT: { text: "its port is that of another protocol", isNeverConnected: true },
  BAD_REQUEST: { text: "its address is none to which a request can be sent", isNeverConnected: true },
  UND_ERR_CONNECT_TIMEOUT: { text: "its host does not answer", isNeverConnected: true },
  // These may also end a connection on which a request has already been sent.
  ECONNRESET: { text: "its host hangs up", isNeverConnected: false },
  EPIPE: { text: "its host hangs up", isNeverConnected: false },
  ETIMEDOUT: { text: "its host does not answer", isNeverConnected: false },
  EHOSTUNREACH: { text: "its host cannot be reached", isNeverConnected: false },
  ENETUNREACH: { text: "its host cannot be reached", isNeverConnected: false },
};
