import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** A server for the keys of an LMS; the test decides about its answers, and can change them at any time. */
export interface KeyServer {
  url: string;
  /** How often it was asked. */
  requests: number;
  answer: RequestListener;
  close(): Promise<void>;
}

/** Opens one on a free port, or on that of one that was closed. */
export async function openKeyServer(answer: RequestListener, port = 0): Promise<KeyServer> {
  const server = createServer((request, response) => {
    keyServer.requests++;
    keyServer.answer(request, response);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const keyServer: KeyServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys.json`,
    requests: 0,
    answer,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return keyServer;
}

/** Answers with a JWK set, or with anything else that JSON can say. */
export function publishing(keys: unknown): RequestListener {
  return (_, response) =>
    void response.setHeader("content-type", "application/json").end(JSON.stringify({ keys }));
}
