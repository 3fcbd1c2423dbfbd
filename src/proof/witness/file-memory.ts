import { join } from "node:path";
import { readIfThere, writeSurely } from "../notes/key-file";
import type { Memory } from "./witness";

/** Remembers one file for each history in a folder, which is on the disk before a checkpoint is answered. */
export function fileMemory(folder: string): Memory {
  const pathOf = (origin: string) => join(folder, `${encodeURIComponent(origin)}.checkpoint`);
  return {
    read: (origin) => readIfThere(pathOf(origin)),
    write: (origin, note) => writeSurely(pathOf(origin), note, 0o644),
  };
}
