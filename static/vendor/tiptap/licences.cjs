// Prints name, version and licence of every package whose code is in the bundle.
const { existsSync, readFileSync, readdirSync } = require("node:fs");
const found = new Map();
for (const path of Object.keys(JSON.parse(readFileSync(process.argv[2])).inputs)) {
  const name = path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
  if (name) found.set(name, `node_modules/${name}`);
}
for (const [name, folder] of [...found].sort()) {
  const { version, license } = JSON.parse(readFileSync(`${folder}/package.json`));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  console.log(`${name} ${version} (${license})\n${file && existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, "utf8").trim() : ""}\n`);
}
