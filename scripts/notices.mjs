// Writes dist/THIRD-PARTY-NOTICES.txt: the browser files and the program have packages built in, whose licences ask to
// be passed on.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const lock = JSON.parse(readFileSync("package-lock.json", "utf8"));
const builtIn = Object.entries(lock.packages).filter(
  ([path, entry]) => path !== "" && !entry.dev && !entry.devOptional && !entry.peer && !entry.optional,
);
if (builtIn.length === 0)
  throw new Error("Cannot write notices: package-lock.json must have packages that are not for development only");

const notices = builtIn.map(([path, { version, license }]) => {
  const file = readdirSync(path).find((name) => /^licen[cs]e(\.md|\.txt)?$/i.test(name));
  const { author, homepage, repository } = JSON.parse(readFileSync(`${path}/package.json`, "utf8"));
  const text =
    file === undefined
      ? `No licence file in the package. By ${author?.name ?? author}; ${homepage ?? repository?.url ?? repository}`
      : readFileSync(`${path}/${file}`, "utf8").trim();
  return `${path.replace(/^.*node_modules\//, "")} ${version} (${license})\n\n${text}\n`;
});
writeFileSync("dist/THIRD-PARTY-NOTICES.txt", notices.join(`\n${"-".repeat(80)}\n\n`));
