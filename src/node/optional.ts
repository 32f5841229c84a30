import { cannot, RecordsError } from "../errors.ts";

/** Loads a package that is only needed for some formats. @throws {RecordsError} that says how to install it. */
export async function optional<Module>(load: () => Promise<Module>, name: string, purpose: string): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const error = new RecordsError(
      cannot("read the records", name, `installed, since ${purpose} is read with it`, "not found"),
      {
        code: "package-missing",
        field: name,
        value: undefined,
        fix: `Run: npm install ${name}`,
      },
    );
    throw Object.assign(error, { cause });
  }
}
