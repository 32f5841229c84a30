import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import type * as FileSystem from "node:fs";
import type * as FilePromises from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";

/** The call that fails, and the code of its error; the other calls reach the disk. */
const failing = vi.hoisted(() => ({ call: "", code: "" }));

vi.mock("node:fs", async (original) => {
  const fs = await original<typeof FileSystem>();
  return {
    ...fs,
    writeSync: (...given: Parameters<typeof fs.writeSync>) => failed("writeSync") ?? fs.writeSync(...given),
    fsyncSync: (file: number) => failed("fsyncSync") ?? fs.fsyncSync(file),
  };
});
vi.mock("node:fs/promises", async (original) => {
  const files = await original<typeof FilePromises>();
  return {
    ...files,
    link: async (from: string, to: string) => failed("link") ?? files.link(from, to),
    writeFile: async (...given: Parameters<typeof files.writeFile>) => {
      await files.writeFile(...given);
      failed("writeFile");
    },
  };
});

function failed(call: string): undefined {
  if (failing.call === call) throw Object.assign(new Error(`${failing.code}: ${call}`), { code: failing.code });
}

// Other tests of this process may have loaded these with the real file system.
vi.resetModules();
const { claimFile } = await import("../../src/cli/claim-file.ts");
const { lockFile } = await import("../../src/cli/lock-file.ts");
const { fileAuditLog } = await import("../../src/cli/audit-file.ts");

describe("locks on a disk that fails", () => {
  afterEach(() => Object.assign(failing, { call: "", code: "" }));

  async function failOn(call: string, code: string, act: (path: string) => Promise<unknown>): Promise<string[]> {
    const folder = mkdtempSync(join(tmpdir(), "assay-locks-"));
    try {
      Object.assign(failing, { call, code });
      await act(join(folder, "file"));
      return readdirSync(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const claim = (path: string): Promise<unknown> => claimFile("--state", path, () => 0);

  it.each([
    ["writeFile", "ENOSPC"],
    ["writeFile", "EDQUOT"],
    ["writeFile", "EIO"],
    ["link", "ENOSPC"],
    ["link", "EIO"],
  ])("refuses a state whose lock can't be written: %s %s", async (call, code) => {
    const left = await failOn(call, code, (path) =>
      expect(claim(path)).rejects.toMatchObject({ code: "not-writable", message: expect.stringContaining(code) }),
    );
    expect(left).toEqual([]);
  });

  it("locks a state where the file system has no hard links", async () => {
    const left = await failOn("link", "EPERM", async (path) => {
      await claim(path);
      await expect(claim(path)).rejects.toThrow(/no other process works with/u);
    });
    expect(left).toEqual(["file.lock"]);
  });

  it.each(["writeSync", "fsyncSync"])("leaves no lock of the audit log that could not be written: %s", async (call) => {
    const left = await failOn(call, "ENOSPC", (path) =>
      expect(lockFile(path, () => undefined)).rejects.toMatchObject({ code: "lock-impossible" }),
    );
    expect(left).toEqual([]);
  });

  it.each(["writeSync", "fsyncSync"])("names an audit log that could not be written: %s", async (call) => {
    const audit = (path: string): Promise<void> => fileAuditLog(path).append({} as never);
    await failOn(call, "ENOSPC", (path) =>
      expect(audit(path)).rejects.toMatchObject({ code: "not-writable", message: expect.stringContaining("ENOSPC") }),
    );
  });
});
