import { once } from "node:events";
import { createServer, request as requestByHttp, type Server } from "node:http";
import { request as requestByHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { runKey } from "../../src/demo/catalog";
import { ada, actor, useDemoApp } from "../support/demo-app";
import { authorization, serve, type TestServer } from "../support/http";
import { PROXIES, type PathProxy } from "../support/path-proxy";
import { freePort } from "../support/ports";
import { example, type Listed } from "./asking";

const API = "/api/entitlements/v1/entitlements/";

const app = useDemoApp();
let server: TestServer;
let lms: Server;
const asked: string[] = [];
beforeAll(async () => {
  server = await serve(app, { REST_FACADE: "on", HOST: "127.0.0.1" });
  lms = createServer((request, response) => {
    asked.push(request.url!);
    response.end("the LMS");
  }).listen(0, "127.0.0.1");
  await once(lms, "listening");
});
beforeEach(() => asked.splice(0));
afterAll(async () => {
  lms.closeAllConnections();
  lms.close();
  await server.stop();
});

const lmsAt = () => `127.0.0.1:${(lms.address() as AddressInfo).port}`;
const serviceAt = () => `127.0.0.1:${new URL(server.url).port}`;

interface Sent {
  status: number;
  text: string;
}

/** Sends a request as an account, by HTTPS without a check of the certificate where the address says so. */
async function send(address: string, asking = ada, body?: object): Promise<Sent> {
  const headers = {
    authorization: await authorization(asking),
    ...(body && { "content-type": "application/json" }),
  };
  const options = { headers, method: body ? "POST" : "GET", agent: false } as const;
  return new Promise((resolve, reject) => {
    const sent = address.startsWith("https:")
      ? requestByHttps(address, { ...options, rejectUnauthorized: false })
      : requestByHttp(address, options);
    sent.on("error", reject).on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode!, text }));
    });
    sent.end(body && JSON.stringify(body));
  });
}

const kinds = PROXIES.map((kind) => ({
  ...kind,
  title: kind.isInstalled
    ? kind.name
    : `${kind.name}: not on this machine, so its lines in docs/rest.md are not tried`,
}));

describe.each(kinds)("behind $title", ({ name, isInstalled, start }) => {
  const behindIt = isInstalled ? test : test.skip;
  let proxy: PathProxy;
  let alone: PathProxy;
  beforeAll(async () => {
    proxy = await start(serviceAt(), lmsAt());
    alone = await start(`127.0.0.1:${await freePort()}`, lmsAt());
  });
  afterAll(() => Promise.all([proxy.stop(), alone.stop()]));

  behindIt("one path is answered here, and everything else by the LMS", async () => {
    expect((await send(`${proxy.url}/dashboard`)).text).toBe("the LMS");
    expect((await send(`${proxy.url}/api/enrollment/v1/enrollment`)).text).toBe("the LMS");
    const listed = await send(`${proxy.url}${API}?uuid=${example(1)}`);
    expect((JSON.parse(listed.text) as Listed).results).toMatchObject([{ uuid: example(1), user: "ada" }]);
    const body = { course_run_id: runKey(3, "open") };
    expect(await send(`${proxy.url}${API}${example(3)}/enrollments`, ada, body)).toEqual({
      status: 201,
      text: JSON.stringify(body),
    });
    expect(asked).toEqual(["/dashboard", "/api/enrollment/v1/enrollment"]);
  });

  behindIt(
    "links to other pages lead through the proxy, by the scheme and the host that the client uses",
    async () => {
      const shelf = actor("full_shelf");
      const { text } = await send(`${proxy.url}${API}?page_size=10`, shelf);
      const next = new URL((JSON.parse(text) as Listed).next!);
      expect(next.protocol).toBe(name === "nginx" ? "http:" : "https:");
      expect(next.host).toBe(new URL(proxy.url).host);
      const second = await send(`${proxy.url}${next.pathname}${next.search}`, shelf);
      expect(JSON.parse(second.text)).toMatchObject({ current_page: 2, count: 25 });
    },
  );

  behindIt("while this service does not answer, the LMS is not asked instead", async () => {
    const { status, text } = await send(`${alone.url}${API}`);
    expect(status).toBe(502);
    expect(text).not.toContain("the LMS");
    expect(asked).toEqual([]);
  });
});
