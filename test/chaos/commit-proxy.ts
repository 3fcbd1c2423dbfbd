import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** `lose`: the COMMIT never arrives. `answer`: it does, and its answer never comes back. */
export type CommitLoss = "lose" | "answer";

/** A proxy to PostgreSQL that can drop the next COMMIT, or the answer to it. */
export interface CommitProxy {
  url: string;
  /** The ports from which PostgreSQL sees the connections. */
  ports(): number[];
  lose(what: CommitLoss): void;
  close(): Promise<void>;
}

const COMMIT = Buffer.from("COMMIT\0");

/** Opens a proxy to the PostgreSQL of a URL. */
export async function openCommitProxy(databaseUrl: string): Promise<CommitProxy> {
  const target = new URL(databaseUrl);
  const far = new Set<Socket>();
  let armed: CommitLoss | null = null;
  const server = createServer((near) => {
    const away = connect(Number(target.port), target.hostname);
    far.add(away);
    let isAnswerLost = false;
    const cut = () => {
      near.destroy();
      away.destroy();
    };
    for (const socket of [near, away]) socket.on("error", cut).on("close", cut);
    away.on("close", () => far.delete(away));
    near.on("data", (chunk) => {
      const loss = armed !== null && chunk.includes(COMMIT) ? armed : null;
      if (loss) armed = null;
      if (loss === "lose") return cut();
      if (loss === "answer") isAnswerLost = true;
      away.write(chunk);
    });
    away.on("data", (chunk) => (isAnswerLost ? cut() : near.write(chunk)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    ports: () => [...far].map(({ localPort }) => localPort ?? 0),
    lose: (what) => void (armed = what),
    async close() {
      server.close();
      for (const socket of far) socket.destroy();
      await once(server, "close");
    },
  };
}
