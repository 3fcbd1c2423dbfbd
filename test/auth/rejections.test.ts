import pino from "pino";
import { rejectionLog } from "../../src/auth/rejections";

test("each kind of fault in tokens is logged once a minute, with the number of rejections", () => {
  const lines: object[] = [];
  const log = pino(
    { base: null, timestamp: false },
    { write: (line) => lines.push(JSON.parse(line) as object) },
  );
  let now = 0;
  const reject = rejectionLog(log, () => now);
  for (const fault of ["issuer", "issuer", "expired", "issuer"] as const) reject(fault);
  const line = (fault: string, count: number) => ({ level: 40, fault, count, msg: "a token was rejected" });
  expect(lines).toEqual([line("issuer", 1), line("expired", 1)]);
  now = 60_000;
  reject("issuer");
  expect(lines.slice(2)).toEqual([line("issuer", 3)]);
});
