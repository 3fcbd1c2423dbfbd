import { addressFault, urlFault } from "../../src/rules/webhook-rules";

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
  [
    "the port of another protocol",
    "https://example.org:6000/",
    false,
    "has the port of another protocol, to which nothing is sent",
  ],
  ["a fragment", "https://example.org/#part", false, "holds a fragment, which is never sent"],
])("the address of a webhook: %s", (_, url, arePrivateAllowed, fault) => {
  expect(urlFault(url, arePrivateAllowed)).toBe(fault);
});

test("the ports that an address may not have are those to which fetch sends nothing", async () => {
  const dispatcher = {
    dispatch: () => {
      throw new Error("would be sent");
    },
  };
  const ports = Array.from({ length: 10_200 }, (_, port) => port);
  const refused: number[] = [];
  for (const port of ports)
    await fetch(`http://127.0.0.1:${port}`, { dispatcher } as unknown as RequestInit).catch(
      ({ cause }: { cause?: Error }) => cause?.message === "bad port" && refused.push(port),
    );
  expect(refused.length).toBeGreaterThan(80);
  expect(ports.filter((port) => addressFault(`http://127.0.0.1:${port}`) !== null)).toEqual(refused);
});
