import { urlFault } from "../../src/rules/webhook-rules";

const LONG = `https://example.org/${"x".repeat(1_980)}`;

test.each<[string, string, boolean, string | null]>([
  ["an address of https", "https://example.org/hook?a=1", false, null],
  ["an address of 2000 characters", LONG, false, null],
  ["a longer one", `${LONG}x`, false, "has more than 2000 characters"],
  ["what is no address", "example", false, "is not a URL"],
  ["http", "http://example.org/", false, "does not begin with https://"],
  ["http where private addresses are allowed", "http://127.0.0.1:3000/", true, null],
  ["https where private addresses are allowed", "https://example.org/", true, null],
  [
    "another protocol where private addresses are allowed",
    "ftp://example.org/",
    true,
    "does not begin with https://",
  ],
  ["a user name", "https://ada@example.org/", false, "holds a user name or a password"],
  ["a password", "https://:secret@example.org/", false, "holds a user name or a password"],
  ["a fragment", "https://example.org/#part", false, "holds a fragment, which is never sent"],
])("the address of a webhook: %s", (_, url, arePrivateAllowed, fault) => {
  expect(urlFault(url, arePrivateAllowed)).toBe(fault);
});
