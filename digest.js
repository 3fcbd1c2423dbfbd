const { createHash } = require("node:crypto");
const { readdirSync, readFileSync, statSync } = require("node:fs");
const path = require("node:path");

function* filesIn(name) {
  const file = path.join(__dirname, name);
  if (statSync(file).isDirectory())
    for (const entry of readdirSync(file).sort()) yield* filesIn(`${name}/${entry}`);
  else yield name;
}

/**
 * What files and folders contain, as one number: a build that was made of the same is not made again. It counts contents
 * and not times, which copying and checking out change.
 */
exports.digestOf = (sources) => {
  const hash = createHash("sha256");
  for (const source of sources)
    for (const name of filesIn(source))
      hash.update(`${name}\0`).update(readFileSync(path.join(__dirname, name)));
  return hash.digest("hex");
};
