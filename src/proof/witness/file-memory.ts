import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readIfThere } from "../../store/kept-key";
import type { Memory } from "./witness";

/** Remembers one file for each history in a folder, which is on the disk before a checkpoint is answered. */
export function fileMemory(folder: string): Memory {
  const pathOf = (origin: string) => join(folder, `${encodeURIComponent(origin)}.checkpoint`);
  return {
    read: (origin) => readIfThere(pathOf(origin)),
    write: (origin, note) => writeSurely(pathOf(origin), note, 0o644),
  };
}

/** Replaces a file by a whole new one, which is there even when the machine loses its power in the next moment. */
function writeSurely(path: string, content: string, mode: number): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  writeFileSync(draft, content, { mode, flush: true });
  renameSync(draft, path);
  const folder = openSync(dirname(path), "r");
  fsyncSync(folder);
  closeSync(folder);
}
