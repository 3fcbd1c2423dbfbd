import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A proxy to PostgreSQL that can be interrupted and restored. */
export interface TcpProxy {
  /** The database's address through the proxy. */
  url: string;
  /** Ends all connections and takes no more. */
  cut(): Promise<void>;
  /** Lets nothing through, yet keeps the connections open, as a network does that loses packets. */
  stall(): void;
  /** Takes connections again, at the same address. */
  mend(): Promise<void>;
}

/** Opens a proxy to the PostgreSQL of a URL. */
export async function openTcpProxy(databaseUrl: string): Promise<TcpProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isStalled = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    }
    const pass = (from: Socket, to: Socket) =>
      from.on("data", (chunk) => isStalled || to.write(chunk)).on("close", () => to.destroy());
    pass(near, far);
    pass(far, near);
  });
  const listen = async (on: Server, port: number) => {
    on.listen(port, "127.0.0.1");
    await once(on, "listening");
  };
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String(port);
  const drop = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    async cut() {
      const closed = once(server, "close");
      server.close();
      drop();
      await closed;
    },
    stall: () => void (isStalled = true),
    async mend() {
      isStalled = false;
      drop();
      if (!server.listening) await listen(server, port);
    },
  };
}
