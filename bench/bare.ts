import { HistorySubscriber } from "../src/history/history-subscriber";

/** The server without what writes history, on a database without what guards it: what history costs is the difference. */
for (const event of ["beforeInsert", "afterInsert", "beforeUpdate", "afterUpdate", "beforeRemove"])
  delete (HistorySubscriber.prototype as unknown as Record<string, unknown>)[event];

require("../src/main");
