// npm run release:dry: everything a release does, but for publishing. `--publish` publishes with provenance, in CI
// only.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

const publish = process.argv.includes("--publish");
const run = (command, ...args) => {
  console.log(`> ${command} ${args.join(" ")}`);
  execFileSync(command, args, { stdio: "inherit" });
};
const output = (command, ...args) => execFileSync(command, args, { encoding: "utf8" }).trim();
const refuse = (message) => {
  console.error(`Cannot release: ${message}`);
  process.exit(1);
};

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const changelog = readFileSync("CHANGELOG.md", "utf8");
const deno = JSON.parse(readFileSync("deno.json", "utf8"));

if (deno.version !== version)
  refuse(`deno.json must have the version of package.json, ${version}, current value is ${deno.version}`);
if (publish && output("git", "status", "--porcelain") !== "") refuse("the working tree must be clean");
if (publish && !changelog.includes(`## ${version}`)) refuse(`CHANGELOG.md must have a section "## ${version}"`);
if (publish && output("git", "tag", "--list", `v${version}`) !== "") refuse(`the tag v${version} must not exist yet`);
if (publish && process.env.CI !== "true") refuse("publishing happens in CI, which can state the provenance");

run("npm", "run", "build");
run("npm", "run", "package:check");
run("npm", "pack", "--dry-run", "--ignore-scripts");
run("npx", "deno", "publish", "--dry-run", "--allow-dirty");
if (publish) {
  run("npm", "publish", "--provenance", "--access", "public", "--ignore-scripts");
  run("git", "tag", `v${version}`);
} else console.log(`Version ${version} could be released.`);
