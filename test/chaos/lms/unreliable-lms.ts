import type { IncomingMessage, ServerResponse } from "node:http";
import { act } from "../../fake-edx/faults/act";
import type { Fault as Act } from "../../fake-edx/faults/faults";
import type { FakeEdx } from "../../fake-edx/fake-edx";
import type { Reply } from "../../fake-edx/http/call";
import { listen, type Listening } from "../../fake-edx/http/listen";
import { enrollmentId, type EnrollmentChange, type Standing } from "../../fake-edx/world/world";
import type { Fault } from "./schedule";

/** A request about one enrollment. */
export interface Asked {
  method: "GET" | "POST";
  run: string;
  requestId: string;
  /** The body of a POST. */
  wish: { mode?: string; is_active?: boolean };
  /** What a GET was told; undefined when it was told nothing that makes sense. */
  seen?: Standing | null;
  /** How many changes of the LMS there were when it was looked at. */
  at: number;
  /** What it has changed. */
  changes: EnrollmentChange[];
  /** Whether its effect came later than our lease. */
  isLate: boolean;
}

/** Decides what happens to the requests about one course. */
export interface Script {
  /** Is told each request before the LMS works on it. */
  before(asked: Asked): Fault | undefined;
  /** Does something after so many deadlines of a call. */
  later(deadlines: number, work: () => Promise<unknown>): void;
  /** What happens while the LMS works slowly on a request. */
  meanwhile(): Promise<void>;
}

const ABOUT_ONE = /\/api\/enrollment\/v1\/enrollment(?:\/[^,]+,(.+))?$/;
const END = new AbortController().signal;

/** Stands before a fake LMS, and lets scripts decide about the requests for enrollments. */
export class UnreliableLms {
  /** The requests for enrollments, in their order. */
  readonly asked: Asked[] = [];
  script: Script | undefined;
  private listening!: Listening;
  private working: Promise<unknown> = Promise.resolve();

  private constructor(private readonly edx: FakeEdx) {}

  static async open(edx: FakeEdx): Promise<UnreliableLms> {
    const lms = new UnreliableLms(edx);
    lms.listening = await listen(0, (request, response) => {
      lms.answer(request, response).catch(() => response.destroy());
    });
    return lms;
  }

  get url(): string {
    return this.listening.url;
  }

  close(): Promise<void> {
    return this.listening.close();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request.setEncoding("utf8")) text += chunk as string;
    const asked = askedOf(request, text);
    const fault = asked && this.script?.before(asked);
    if (asked) this.asked.push(asked);
    const isTold = !fault || ["honest", "slow", "unchanged"].includes(fault.answer);
    const work = () => this.work(asked, isTold, request, text);
    if (fault?.answer === "slow") {
      asked!.isLate = true;
      await this.script!.meanwhile();
    }
    if (fault?.answer === "late") {
      asked!.isLate = true;
      this.script!.later(fault.late, work);
    }
    const made = asked && fault && this.madeUp(fault, asked);
    await act(fault ? actOf(fault) : undefined, made ? () => Promise.resolve(made) : work, response, END);
  }

  private madeUp({ answer }: Fault, { run, method }: Asked): Reply | undefined {
    if (answer !== "unchanged" || method === "GET") return REFUSALS[answer];
    const { mode = "audit", isActive = false } =
      this.edx.world.enrollments.get(enrollmentId("ada", run)) ?? {};
    return { status: 200, body: { mode, is_active: isActive, created: null } };
  }

  /** The LMS works on one request after another, so that it is known what each has changed. */
  private work(asked: Asked | null, isTold: boolean, request: IncomingMessage, text: string): Promise<Reply> {
    const done = this.working.then(async () => {
      const { changes } = this.edx.world;
      const before = changes.length;
      const { host: _host, connection: _connection, "content-length": _length, ...headers } = request.headers;
      const answer = await fetch(this.edx.lmsUrl + request.url!, {
        method: request.method!,
        headers: headers as Record<string, string>,
        ...(text && { body: text }),
      });
      const body = await answer.text();
      const retryAfter = answer.headers.get("retry-after");
      const reply: Reply = {
        status: answer.status,
        ...(body && { body: JSON.parse(body) as unknown }),
        ...(retryAfter !== null && { headers: { "retry-after": retryAfter } }),
      };
      if (asked) {
        asked.at = before;
        asked.changes = changes.slice(before);
        if (isTold && asked.method === "GET" && answer.status === 200) asked.seen = standingIn(reply.body);
      }
      return reply;
    });
    this.working = done.catch(() => undefined);
    return done;
  }
}

function askedOf({ method, url, headers }: IncomingMessage, text: string): Asked | null {
  const about = ABOUT_ONE.exec(decodeURIComponent(url!));
  if (!about) return null;
  const wish = text ? (JSON.parse(text) as Asked["wish"] & { course_details: { course_id: string } }) : {};
  return {
    method: method as Asked["method"],
    run: about[1] ?? (wish as { course_details: { course_id: string } }).course_details.course_id,
    requestId: String(headers["x-request-id"]),
    wish,
    at: 0,
    changes: [],
    isLate: false,
  };
}

function standingIn(body: unknown): Standing | null {
  const told = (body ?? null) as { mode: string; is_active: boolean } | null;
  return told && { mode: told.mode, isActive: told.is_active };
}

/** What the LMS refuses for reasons of its own, it explains in a `message`. */
const REFUSALS: { [answer in Fault["answer"]]?: Reply } = {
  "400": { status: 400, body: { message: "An error occurred while creating the new course enrollment" } },
  "403": { status: 403, body: { message: "The enrollment is not allowed.", localizedMessage: "" } },
};

/** The same in the words of the fake. */
function actOf({ answer }: Fault): Act | undefined {
  const system = "lms" as const;
  switch (answer) {
    case "honest":
    case "slow":
    case "unchanged":
    case "400":
    case "403":
      return undefined;
    case "lostAnswer":
    case "reset":
      return { system, kind: answer };
    case "late":
      return { system, kind: "reset" };
    case "html":
    case "truncated":
      return { system, kind: "nonsense", shape: answer };
    case "503":
    case "429":
      return { system, kind: "status", status: Number(answer), retryAfterSeconds: 30 };
    case "500":
    case "noRight":
      return { system, kind: "status", status: answer === "noRight" ? 403 : Number(answer) };
  }
}
