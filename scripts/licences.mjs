// npm run licences: the licence of every package in the lock file; refuses those that ask for more than to be named.
import { existsSync, readFileSync } from "node:fs";
import process from "node:process";

const permissive = new Set([
  "MIT",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "0BSD",
  "CC0-1.0",
  "Unlicense",
]);
/** For tools only, which users don't install: MPL asks for changed files to be published, the others to be named. */
const forToolsOnly = new Set(["MPL-2.0", "BlueOak-1.0.0", "Python-2.0", "CC-BY-3.0", "CC-BY-4.0", "Zlib"]);

const lock = JSON.parse(readFileSync(process.argv[2] ?? "package-lock.json", "utf8"));
const packages = Object.entries(lock.packages).filter(([path, { link }]) => path !== "" && !link);

function licenceOf(path, entry) {
  const manifest = `${path}/package.json`;
  const { license, licenses } =
    entry.license === undefined && existsSync(manifest) ? JSON.parse(readFileSync(manifest, "utf8")) : entry;
  return license?.type ?? license ?? licenses?.map(({ type }) => type).join(" OR ") ?? "none stated";
}

const nameOf = (path, { version }) =>
  `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${version}`;

/** Whether one of the alternatives that a package offers is allowed; of licences joined by AND each must be. */
function isAllowed(licence, tool) {
  const allowed = (one) => permissive.has(one) || (tool && forToolsOnly.has(one));
  return licence
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((choice) => choice.split(" AND ").every((one) => allowed(one.trim())));
}

const rows = packages.map(([path, entry]) => {
  const tool = entry.dev === true || entry.devOptional === true || entry.peer === true;
  const licence = licenceOf(path, entry);
  return { name: nameOf(path, entry), licence, tool, refused: !isAllowed(licence, tool) };
});
const counted = (some) => {
  const counts = new Map();
  for (const { licence } of some) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([licence, count]) => `${licence} ${count}`)
    .join(", ");
};
const used = rows.filter(({ tool }) => !tool);

console.log(`Installed with Assay (${used.length} packages):`);
for (const { name, licence } of used) console.log(`  ${name.padEnd(28)} ${licence}`);
console.log(`All, with tools and optional peers (${rows.length} packages): ${counted(rows)}`);
if (used.length === 0)
  throw new Error("Cannot list licences: package-lock.json must have packages that are not for development only");
const refused = rows.filter((row) => row.refused);
for (const { name, licence, tool } of refused)
  console.error(`Refused: ${name} (${tool ? "tool" : "installed with Assay"}): ${licence}`);
process.exit(refused.length > 0 ? 1 : 0);
