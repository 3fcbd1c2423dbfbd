import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, listens } from "./ports";

/** A proxy in front of an LMS, with the rule that sends the requests for one path to this service. */
export interface PathProxy {
  /** Its address, as clients know it. */
  url: string;
  stop(): Promise<void>;
}

/** A kind of proxy. */
export interface ProxyKind {
  name: string;
  isInstalled: boolean;
  /** Starts one between clients, this service and the LMS; both are given as `host:port`. */
  start: (service: string, lms: string) => Promise<PathProxy>;
}

/** The lines that docs/rest.md gives for a proxy, for this service at an address; `directive` tells them from others. */
function documented(directive: string, service: string): string {
  const blocks = [...readFileSync("docs/rest.md", "utf8").matchAll(/^```\n([^]*?)^```$/gm)].map(
    ([, text]) => text!,
  );
  const lines = blocks.find((text) => text.includes(`${directive} `))!;
  return lines.replaceAll("course-entitlements:4000", service);
}

const caddyfile = (port: number, folder: string, rule: string, lms: string) => `{
  admin off
  auto_https disable_redirects
  skip_install_trust
  storage file_system ${folder}
}
https://localhost:${port} {
  tls internal
  ${rule}
  handle {
    reverse_proxy ${lms}
  }
}
`;

const nginxConf = (port: number, folder: string, rule: string, lms: string) => `
daemon off;
pid ${folder}/pid;
error_log ${folder}/log;
events {}
http {
  access_log off;
  ${["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${folder}/${name};`).join("\n")}
  server {
    listen 127.0.0.1:${port};
    ${rule}
    location / {
      proxy_pass http://${lms};
    }
  }
}
`;

/** A proxy that is a program of this machine, given its configuration in a file. */
function program(
  name: string,
  scheme: string,
  directive: string,
  write: (port: number, folder: string, rule: string, lms: string) => string,
  argumentsFor: (file: string) => string[],
): ProxyKind {
  return {
    name,
    isInstalled: spawnSync(name, [name === "nginx" ? "-v" : "version"]).status === 0,
    async start(service, lms) {
      const folder = mkdtempSync(join(tmpdir(), `course-entitlements-${name}-`));
      const [file, port] = [join(folder, "configuration"), await freePort()];
      writeFileSync(file, write(port, folder, documented(directive, service), lms));
      const child = spawn(name, argumentsFor(file), { stdio: ["ignore", "ignore", "pipe"] });
      let said = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
      while (!(await listens(port))) {
        if (child.exitCode !== null) throw new Error(`${name} does not start: ${said}`);
        await sleep(20);
      }
      return {
        url: `${scheme}://localhost:${port}`,
        async stop() {
          child.kill("SIGTERM");
          if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
          rmSync(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

/** A small proxy of the test's own, which says that its clients ask by HTTPS. */
const ownProxy: ProxyKind = {
  name: "a proxy of the test's own",
  isInstalled: true,
  async start(service, lms) {
    const forward = (from: IncomingMessage, to: ServerResponse) => {
      const target = from.url!.startsWith("/api/entitlements/") ? service : lms;
      const headers = { ...from.headers, "x-forwarded-proto": "https" };
      const [host, port] = target.split(":");
      const onward = request({ host, port, path: from.url, method: from.method, headers }, (answer) => {
        to.writeHead(answer.statusCode!, answer.headers);
        answer.pipe(to);
      });
      onward.on("error", () => to.writeHead(502).end());
      from.pipe(onward);
    };
    const server = createServer(forward).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return {
      url: `http://localhost:${port}`,
      async stop() {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      },
    };
  },
};

/** The proxies that the documentation has lines for, and one that is always there. */
export const PROXIES: ProxyKind[] = [
  program("caddy", "https", "reverse_proxy", caddyfile, (file) => [
    "run",
    "--adapter",
    "caddyfile",
    "--config",
    file,
  ]),
  program("nginx", "http", "proxy_pass", nginxConf, (file) => ["-c", file]),
  ownProxy,
];
