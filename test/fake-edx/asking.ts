import { openFakeEdx, type FakeEdx, type FakeEdxOptions } from "./fake-edx";

/** An answer, with its body read as JSON; null when it is empty. */
export interface Told<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

/** An installation for the tests of one file, and requests to it. */
export interface Asking {
  edx: FakeEdx;
  /** Asks with a token of `course_entitlements_worker`, or of the account named, or without any token. */
  get<Body = Record<string, unknown>>(url: string, username?: string | null): Promise<Told<Body>>;
  /** Posts an object to the LMS's list of enrollments. */
  post(fields: object, username?: string): Promise<Told<Record<string, unknown>>>;
}

/** Opens an installation before each test. */
export function useFakeEdx(options: FakeEdxOptions = {}): Asking {
  const asking = {} as Asking;
  beforeEach(async () => {
    asking.edx = await openFakeEdx(options);
  });
  afterEach(() => asking.edx.close());
  asking.get = (url, username = "course_entitlements_worker") => ask(asking.edx, url, {}, username);
  asking.post = (fields, username = "course_entitlements_worker") =>
    ask(
      asking.edx,
      `${asking.edx.lmsUrl}/api/enrollment/v1/enrollment`,
      {
        method: "POST",
        body: JSON.stringify(fields),
      },
      username,
    );
  return asking;
}

async function ask<Body>(
  edx: FakeEdx,
  url: string,
  init: RequestInit,
  username: string | null,
): Promise<Told<Body>> {
  const response = await fetch(url, {
    ...init,
    headers: {
      "content-type": "application/json",
      ...(username !== null && { authorization: `JWT ${await edx.tokenOf(username)}` }),
    },
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? null : JSON.parse(text)) as Body,
  };
}
