/** Loaded into a program that is measured: says at its end what it has used. */
process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const cpu = (userCPUTime + systemCPUTime) / 1_000_000;
  process.stderr.write(
    `own usage: ${cpu.toFixed(1)} s of CPU, ${Math.round(maxRSS / 1024)} MB at the peak\n`,
  );
});
