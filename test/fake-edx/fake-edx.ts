import { discoveryRoutes } from "./catalog/discovery";
import { openControl } from "./control/control";
import { EVENTS_SECRET, EventSender } from "./events/sender";
import { Faults } from "./faults/faults";
import type { Route } from "./http/call";
import { lineOf, type LedgerEntry, type SystemName } from "./http/ledger";
import { openSystem, type Shared } from "./http/system";
import { Tokens, type TokenOptions } from "./http/tokens";
import { lmsRoutes } from "./lms/lms";
import type { Client } from "./lms/token";
import { pluginRoutes } from "./lms/plugin";
import { coordinatorRoutes } from "./shop/coordinator";
import { webhookShopRoutes } from "./shop/webhook";
import { demoWorld, WORKER } from "./world/demo";
import { SecondWriter } from "./world/second-writer";
import type { World } from "./world/world";

/** The port of each system, and of control; 0 stands for a free one. */
export type Ports = Record<SystemName | "control", number>;

/** How an installation is started. */
export interface FakeEdxOptions {
  /** The ports of the systems; free ones by default. */
  ports?: Partial<Ports>;
  /** How long the coordinator does not know an entitlement after the first request for it; 0 by default. */
  coordinatorLearnsAfterMs?: number;
  /** Our plug-in for the LMS: it works by default, may leave the LMS refunding, or is not there. */
  plugin?: "working" | "refunding" | "none";
  /** Where the LMS sends its events: an address of HTTP or of Redis; nowhere by default. */
  eventsTo?: string | undefined;
  /** How the LMS makes tokens. */
  tokens?: TokenOptions;
  /** Decides over deadlines and over how often one may ask; the time of this machine by default. */
  clock?: () => Date;
  /** Is told each request when it has been answered. */
  log?: (line: string) => void;
}

/** An Open edX installation that speaks as the real one does, with everything in memory. */
export interface FakeEdx {
  lmsUrl: string;
  discoveryUrl: string;
  coordinatorUrl: string;
  /** Where the shop of an operator takes signed requests for refunds. */
  webhookUrl: string;
  /** What signs them. */
  webhookSecret: string;
  /** What signs the events that the LMS sends over HTTP. */
  eventsSecret: string;
  /** Where it can be looked at and changed from outside of this process. */
  controlUrl: string;
  /** What goes wrong with it. */
  faults: Faults;
  /** The OAuth application of the product. */
  client: Client;
  /** All that it holds. */
  world: World;
  /** Changes that others make to it. */
  others: SecondWriter;
  /** All requests, in their order. */
  requests: LedgerEntry[];
  /** A token of an account, such as those that the LMS makes. */
  tokenOf(username: string): Promise<string>;
  close(): Promise<void>;
}

const WEBHOOK_SECRET = `whsec_${Buffer.from("a fake secret for a fake Open edX").toString("base64")}`;

/** Opens an installation that holds what the demo world of the product says of it. */
export async function openFakeEdx(options: FakeEdxOptions = {}): Promise<FakeEdx> {
  const { ports = {}, clock = () => new Date(), log = () => {} } = options;
  const world = demoWorld(clock);
  const tokens = new Tokens(options.tokens ?? {});
  const client = { id: "course-entitlements", secret: "fake-edx-secret", username: WORKER };
  const end = new AbortController();
  const shared: Shared = {
    world,
    tokens,
    faults: new Faults(),
    ledger: [],
    log: (entry) => log(lineOf(entry)),
    end: end.signal,
  };
  const plugin = options.plugin === "none" ? [] : pluginRoutes(options.plugin !== "refunding");
  const learnsAfterMs = options.coordinatorLearnsAfterMs ?? 0;
  const open = (name: SystemName, routes: Route[]) => openSystem(shared, name, routes, ports[name] ?? 0);
  const lms = await open("lms", lmsRoutes(tokens, client, clock, plugin));
  const discovery = await open("discovery", discoveryRoutes(clock));
  const coordinator = await open("coordinator", coordinatorRoutes(clock, learnsAfterMs));
  const webhook = await open("webhook", webhookShopRoutes(WEBHOOK_SECRET));
  const inside = { world, others: new SecondWriter(world), faults: shared.faults, requests: shared.ledger };
  const control = await openControl(inside, ports.control ?? 0);
  const events = options.eventsTo ? new EventSender(world, options.eventsTo, log) : undefined;
  const tokenByName = new Map<string, Promise<string>>();
  return {
    ...inside,
    lmsUrl: lms.url,
    discoveryUrl: discovery.url,
    coordinatorUrl: coordinator.url,
    webhookUrl: `${webhook.url}/refunds`,
    webhookSecret: WEBHOOK_SECRET,
    eventsSecret: EVENTS_SECRET,
    controlUrl: control.url,
    client,
    tokenOf(username) {
      const token = tokenByName.get(username) ?? tokens.sign(world.users.get(username)!);
      tokenByName.set(username, token);
      return token;
    },
    async close() {
      end.abort();
      await events?.close();
      await Promise.all([lms, discovery, coordinator, webhook, control].map((each) => each.close()));
    },
  };
}
