/** One of `count` looks for a name, always the same. */
export const pick = (name: string, count: number): number =>
  Array.from(name).reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % count;
