import { t, word } from "../../words/words";
import type { Row } from "./rows";

/** A value of a CSV file. What a spreadsheet would take for a formula begins with an apostrophe. */
function cell(value: string): string {
  const harmless = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** The rows as a CSV file, whose lines end as RFC 4180 says. */
export function csvOf(rows: readonly Row[]): string {
  const head = ["given", "entitlement", "learner", "course", "order", "outcome", "why"].map((column) =>
    word(`bulk.csv.${column}`),
  );
  const lines = rows.map(({ given, found, outcome, why }) => [
    given,
    found?.id ?? "",
    found?.user?.username ?? "",
    found ? (found.course.title ?? t("list.untitled")) : "",
    found?.orderNumber ?? "",
    outcome,
    why ?? "",
  ]);
  return [head, ...lines].map((line) => `${line.map(cell).join(",")}\r\n`).join("");
}

/** Gives the reader a text as a file. */
export function save(name: string, text: string): void {
  // Excel takes a file without this mark for one in the character set of the machine.
  const address = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
