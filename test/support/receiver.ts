import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A message as a receiver of webhooks gets it. */
export interface Message {
  headers: IncomingHttpHeaders;
  body: string;
  /** The id of the history entry that it tells; empty when it tells of none. */
  entry: string;
  entitlementId: string;
  type: string;
}

/** A receiver of webhooks: it keeps all messages, and answers as it is told to. */
export interface Receiver {
  url: string;
  messages: Message[];
  /** Answers a message; with 204 unless it is set. */
  answer: (response: ServerResponse, message: Message) => void;
  close: () => Promise<void>;
}

/** Starts a receiver. */
export async function openReceiver(): Promise<Receiver> {
  const receiver: Receiver = {
    url: "",
    messages: [],
    answer: (response) => response.writeHead(204).end(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += String(part)));
    request.on("end", () => {
      const { type = "", data = { id: "", entitlementId: "" } } = JSON.parse(body) as {
        type?: string;
        data?: { id: string; entitlementId: string };
      };
      const message = {
        headers: request.headers,
        body,
        entry: data.id,
        entitlementId: data.entitlementId,
        type,
      };
      receiver.messages.push(message);
      receiver.answer(response, message);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  return receiver;
}

/** Checks a message as the specification of Standard Webhooks says, with code of its own. */
export function isSignedBy(secret: string, { headers, body }: Pick<Message, "headers" | "body">): boolean {
  const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  const expected = createHmac("sha256", key).update(signed).digest();
  return String(headers["webhook-signature"])
    .split(" ")
    .map((each) => each.split(","))
    .some(
      ([version, signature]) =>
        version === "v1" && timingSafeEqual(Buffer.from(signature!, "base64"), expected),
    );
}
