import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server that listens. */
export interface Listening {
  /** Its address, without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** Listens on a port of 127.0.0.1; 0 stands for a free one. Rejects when the port is taken. */
export async function listen(port: number, handle: RequestListener): Promise<Listening> {
  const server = createServer(handle);
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
