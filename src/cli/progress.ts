const BAR_WIDTH = 30;
const PLAIN_LINE_EVERY_MS = 5_000;

/** Shows the progress of a long command. It is called with the number of items done so far. */
export type Progress = (done: number) => void;

/** Shows a bar that is redrawn on a terminal, with the rate; elsewhere a plain line every few seconds. */
export function startProgress(total: number, unit: string, stream = process.stderr): Progress {
  const start = Date.now();
  let shownAt = start;
  return (done) => {
    const seconds = (Date.now() - start) / 1000;
    const share = total === 0 ? 1 : Math.min(done / total, 1);
    const rate = seconds < 1 ? "" : `, ${Math.round(done / seconds).toLocaleString("en")}/s`;
    const text = `${done.toLocaleString("en")} of ${total.toLocaleString("en")} ${unit}, ${seconds.toFixed(0)} s${rate}`;
    const isLast = done >= total;
    if (stream.isTTY) {
      const bar = "█".repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, "░");
      stream.write(`\r\u001B[2K${bar} ${text}${isLast ? "\n" : ""}`);
    } else if (isLast || Date.now() - shownAt >= PLAIN_LINE_EVERY_MS) {
      shownAt = Date.now();
      stream.write(`${text}\n`);
    }
  };
}
