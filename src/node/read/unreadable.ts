import { cannot, RecordsError } from "../../errors.ts";

const known: Readonly<Record<string, readonly [requirement: string, fix: string]>> = {
  ENOENT: ["an existing file", "Check the path"],
  EACCES: ["readable", "Check the file's permissions"],
  EPERM: ["readable", "Check the file's permissions"],
  Z_BUF_ERROR: ["a complete gzip file", "Transfer it again: its end is missing"],
  Z_DATA_ERROR: ["an intact gzip file", "Transfer it again: its content is damaged"],
  ZSTD_DATA: ["an intact zstd file without a dictionary", "Transfer it again: its content is damaged"],
  ZSTD_END: ["a complete zstd file", "Transfer it again: its end is missing"],
};

/** The error of a file that can't be read, in the common form. */
export function unreadable(path: string, cause: unknown): RecordsError {
  if (cause instanceof RecordsError) return cause;
  const { code = "unreadable", message = String(cause) } = cause as { code?: string | number; message?: string };
  const [requirement, fix] = known[String(code)] ?? [`readable (${message})`, "Check the file"];
  const error = new RecordsError(cannot("read the records", "the file", requirement, path), {
    code: `file-${String(code).toLowerCase()}`,
    field: "file",
    value: path,
    fix,
  });
  return Object.assign(error, { cause });
}
