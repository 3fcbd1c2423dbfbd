import { isExposed, pathTo } from "../../src/store/connection/encryption";
import { useApp } from "../support/world";

const app = useApp();

test("what is sent to PostgreSQL is exposed where it leaves the machine without encryption", async () => {
  expect(isExposed({ isEncrypted: false, address: "10.0.0.5" })).toBe(true);
  expect(isExposed({ isEncrypted: false, address: "fd00::5" })).toBe(true);
  expect(isExposed({ isEncrypted: true, address: "10.0.0.5" })).toBe(false);
  for (const address of ["127.0.0.1", "127.0.1.1", "::1", null])
    expect(isExposed({ isEncrypted: false, address })).toBe(false);
  expect(isExposed(await pathTo(app.db))).toBe(false);
});
