/** What a YAML file of plain maps, lists and scalars can hold. */
export type Yaml = string | null | Yaml[] | { [key: string]: Yaml };

/** Reads the part of YAML that the project's own files use: blocks, lists of scalars, JSON arrays, and no anchors. */
export function parseYaml(text: string): Yaml {
  const lines = text
    .split("\n")
    .filter((line) => line.trim() && !/^\s*#/.test(line))
    .map((line) => ({ indent: line.search(/\S/), text: line.trim() }));
  let next = 0;
  const block = (indent: number): Yaml => {
    if (lines[next]?.text.startsWith("- ")) {
      const items: Yaml[] = [];
      for (; lines[next]?.indent === indent && lines[next]!.text.startsWith("- "); next++)
        items.push(scalar(lines[next]!.text.slice(2)));
      return items;
    }
    const map: { [key: string]: Yaml } = {};
    while (lines[next]?.indent === indent) {
      const [, key, value] = /^([\w.-]+):\s*(.*)$/.exec(lines[next]!.text) ?? [];
      if (key === undefined) throw new Error(`This is not read: ${lines[next]!.text}`);
      next++;
      const inner = lines[next]?.indent ?? 0;
      map[key] = value ? scalar(value) : inner > indent ? block(inner) : null;
    }
    return map;
  };
  const parsed = block(0);
  if (next < lines.length) throw new Error(`This is not read: ${lines[next]!.text}`);
  return parsed;
}

function scalar(text: string): Yaml {
  return /^[["]/.test(text) ? (JSON.parse(text) as Yaml) : text;
}
