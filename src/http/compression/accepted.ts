/** The codings in which an answer can be sent, the better one first. */
export const CODINGS = ["br", "gzip"] as const;
/** A coding in which an answer can be sent. */
export type Coding = (typeof CODINGS)[number];

/**
 * The coding in which a client likes an answer best, by its header Accept-Encoding; null when it likes plain bytes
 * better or names no coding of ours (RFC 9110, 12.5.3).
 */
export function acceptedCoding(header: string | undefined): Coding | null {
  const weights = weightsOf(header ?? "");
  const weightOf = (coding: Coding) => weights.get(coding) ?? weights.get("*") ?? 0;
  const [best] = CODINGS.toSorted((one, other) => weightOf(other) - weightOf(one));
  return weightOf(best!) > 0 && weightOf(best!) >= (weights.get("identity") ?? 0) ? best! : null;
}

/** How much a client likes each coding that it names, from 0 to 1; what is no weight counts as 0. */
function weightsOf(header: string): Map<string, number> {
  return new Map(
    header.split(",").map((item) => {
      const [coding, ...parameters] = item.split(";").map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice("q=".length) ?? "1";
      return [coding!, /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(weight) ? Number(weight) : 0];
    }),
  );
}
