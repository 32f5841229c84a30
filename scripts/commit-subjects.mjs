/** Fails when the subject of a commit in the given range has more than 72 characters: `main..HEAD`. */
import { execFileSync } from "node:child_process";

const longest = 72;
const range = process.argv[2] ?? "main..HEAD";
const subjects = execFileSync("git", ["log", "--no-merges", "--format=%h %s", range], { encoding: "utf8" });
const tooLong = subjects
  .split("\n")
  .map((line) => ({ commit: line.split(" ", 1)[0] ?? "", subject: line.slice(line.indexOf(" ") + 1) }))
  .filter(({ subject }) => [...subject].length > longest);
for (const { commit, subject } of tooLong)
  console.error(
    `${commit}: the subject has ${[...subject].length} characters, at most ${longest} are allowed: ${subject}`,
  );
process.exitCode = tooLong.length === 0 ? 0 : 1;
