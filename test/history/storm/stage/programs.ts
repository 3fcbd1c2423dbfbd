import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { DataSource } from "typeorm";
import { composeSealer } from "../../../../src/compose/sealer";
import { loadConfig } from "../../../../src/config";
import { Committer } from "../../../../src/history/committer";

const execute = promisify(execFile);
const CLI = join(__dirname, "../../../../src/cli/history");

/** The programs that an operator runs, with the key that signs the checkpoints of the storm. */
export class Programs {
  /** The settings of every program that seals history or proves it. */
  readonly settings: Record<string, string>;

  /** `dir` is where it keeps its files. */
  constructor(private readonly dir: string) {
    const key = join(dir, "history.pem");
    const { privateKey } = generateKeyPairSync("ed25519");
    writeFileSync(key, privateKey.export({ format: "pem", type: "pkcs8" }), { mode: 0o600 });
    this.settings = { HISTORY_SIGNING_KEY_FILE: key, HISTORY_ORIGIN: "history.example" };
  }

  /** Settles and seals what is left, as a server does. */
  async seal(db: DataSource): Promise<void> {
    await new Committer(db).settle();
    await composeSealer(loadConfig(this.settings), db)!.seal();
  }

  /** Runs `npm run history:adopt`, and throws an error when it fails. */
  async adopt(url: string): Promise<void> {
    const { isGood, lines } = await this.run(url, "history-adopt.js");
    if (!isGood) throw new Error(lines.join("\n"));
  }

  /** What `npm run history:prove` says, with checkpoints that were kept: a last line, and faults before it. */
  async prove(url: string, kept: readonly string[]): Promise<{ faults: string[]; said: string }> {
    const file = join(this.dir, "kept-checkpoints.txt");
    writeFileSync(file, kept.join("\n"));
    const { isGood, lines } = await this.run(url, "prove.js", "--checkpoints", file);
    return { faults: isGood ? [] : lines, said: lines.at(-1)! };
  }

  private async run(url: string, program: string, ...args: string[]) {
    const env = { PATH: process.env["PATH"], DATABASE_URL: url, ...this.settings };
    const { isGood, text } = await execute(process.execPath, [join(CLI, program), ...args], { env }).then(
      ({ stdout }) => ({ isGood: true, text: stdout }),
      ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ isGood: false, text: stdout || stderr }),
    );
    return { isGood, lines: text.trim().split("\n") };
  }
}
