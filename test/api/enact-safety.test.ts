import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  AuthenticationError,
  decisionDocument,
  decodeDecisionDocument,
  enact,
  memoryAuditLog,
  signDecisionDocument,
} from "../../src/api/index.ts";
import type { AuditLog, DecisionDocument, EnactOptions, ExperimentsClient, Verdict } from "../../src/api/index.ts";
import { fileAuditLog } from "../../src/cli/audit-file.ts";
import { stage, type Stage } from "./stage.ts";

const key = "a secret of sixteen or more";
const documentOf = (on: Stage, verdict: Verdict, asOf = on.now()): DecisionDocument =>
  decisionDocument({
    experimentId: on.id,
    asOf: new Date(asOf).toISOString(),
    allocation: { control: 50, treatment: 50 },
    decision: { decision: verdict },
  });
const run = (on: Stage, document: DecisionDocument, audit: AuditLog, more: Partial<EnactOptions> = {}) =>
  enact(on.client, document, { apply: true, audit, now: on.now, sleep: async () => undefined, ...more });
const stateOf = (on: Stage): unknown[] => {
  const experiment = on.emulator.inspect(on.id)?.experiment;
  return [experiment?.status, experiment?.traffic_allocation.treatment.percentage];
};

describe("a decision document", () => {
  it("is refused when its verdict isn't that of its decision, read or enacted", async () => {
    const on = await stage();
    const forged: DecisionDocument = { ...documentOf(on, "rollback"), verdict: "ship" };
    expect(() => decodeDecisionDocument(JSON.stringify(forged))).toThrow(/verdict must be that of the decision/u);
    const { checksum: _, ...old } = forged;
    for (const document of [forged, { ...old, specVersion: 1 } as DecisionDocument])
      await expect(run(on, document, memoryAuditLog())).rejects.toMatchObject({ code: "verdict-contradicts-decision" });
    expect(stateOf(on)).toEqual(["active", 50]);
  });

  it("is refused when anything in it was changed", async () => {
    const on = await stage();
    const document = documentOf(on, "rollback");
    for (const changed of [
      { ...document, allocation: { control: 60, treatment: 40 } },
      { ...document, asOf: new Date(on.now() + 1000).toISOString() },
      { ...document, decision: { decision: "rollback", more: 1 } },
      { ...document, checksum: undefined },
    ])
      await expect(run(on, changed as DecisionDocument, memoryAuditLog())).rejects.toMatchObject({
        code: "decision-checksum",
      });
  });

  it("is enacted only when signed with the key, where there is one", async () => {
    const on = await stage();
    const document = documentOf(on, "rollback");
    const signed = await signDecisionDocument(document, key);
    const other = await signDecisionDocument(document, `${key}!`);
    for (const refused of [document, other, { ...signed, signature: `hmac-sha256:${"0".repeat(64)}` }])
      await expect(run(on, refused, memoryAuditLog(), { signKey: key })).rejects.toMatchObject({
        code: "decision-unsigned",
      });
    const resigned = {
      ...decisionDocument({ ...document, decision: { decision: "ship" } }),
      signature: signed.signature,
    };
    await expect(run(on, resigned, memoryAuditLog(), { signKey: key })).rejects.toThrow(/made with another key/u);
    expect(stateOf(on)).toEqual(["active", 50]);
    expect(
      await run(on, decodeDecisionDocument(JSON.stringify(signed)), memoryAuditLog(), { signKey: key }),
    ).toMatchObject({ outcome: "enacted" });
    await expect(signDecisionDocument(document, "short")).rejects.toThrow(/at least 16 characters/u);
  });

  it.each([
    ["a century ahead", 100 * 365 * 24 * 60],
    ["six minutes ahead", 6],
  ])("is refused when its data are from the future: %s", async (_what, minutes) => {
    const on = await stage();
    const document = documentOf(on, "ship", on.now() + minutes * 60_000);
    await expect(run(on, document, memoryAuditLog())).rejects.toMatchObject({ code: "future-decision" });
    expect(stateOf(on)).toEqual(["active", 50]);
  });
});

describe("the audit log", () => {
  it("can't make a stale or changed decision current", async () => {
    const on = await stage();
    const document = documentOf(on, "ship");
    const audit = memoryAuditLog();
    const crash: AuditLog = {
      ...audit,
      append: async (entry) => {
        await audit.append(entry);
        if (entry.event === "started") throw new Error("crash");
      },
    };
    await expect(run(on, document, crash)).rejects.toThrow("crash");
    on.pass(60 * 24);
    await expect(run(on, document, audit)).rejects.toMatchObject({ code: "stale-decision" });
    expect(stateOf(on)).toEqual(["active", 50]);
  });

  it("can't ask for another split than the document", async () => {
    const on = await stage();
    const audit = memoryAuditLog();
    const document = documentOf(on, "rollback");
    const started = { from: { control: 50, treatment: 50 }, to: { control: 0, treatment: 100 } };
    const { decisionHash } = await run(on, document, memoryAuditLog(), { apply: false });
    await audit.append({
      kind: "assay-enactment",
      at: document.asOf,
      experimentId: on.id,
      decisionHash,
      verdict: "rollback",
      event: "started",
      ...started,
    });
    expect(await run(on, document, audit)).toMatchObject({ outcome: "enacted", to: { treatment: 0 } });
    expect(stateOf(on)).toEqual(["active", 0]);
  });

  it("names a line that was changed, left out, put in or moved", async () => {
    const on = await stage();
    const audit = memoryAuditLog();
    await run(on, documentOf(on, "rollback"), audit);
    const lines = [...(await audit.read())];
    const logOf = (entries: readonly unknown[]): AuditLog => ({ ...audit, read: async () => entries as never });
    for (const [changed, line] of [
      [lines.map((entry, i) => (i === 2 ? { ...entry, at: "2026-01-05T00:00:09Z" } : entry)), 3],
      [lines.filter((_, i) => i !== 4), 5],
      [[...lines.slice(0, 3), lines[1], ...lines.slice(3)], 4],
      [lines.slice(1), 1],
      [lines.map((entry, i) => (i === 3 ? { ...entry, checksum: undefined, previous: undefined } : entry)), 4],
    ] as const)
      await expect(run(on, documentOf(on, "ship"), logOf(changed))).rejects.toMatchObject({
        code: "audit-tampered",
        field: `line ${line}`,
      });
  });

  it("counts only lines signed with the key, where there is one", async () => {
    const on = await stage();
    const audit = memoryAuditLog();
    const signed = await signDecisionDocument(documentOf(on, "rollback"), key);
    await run(on, signed, audit);
    await expect(run(on, signed, audit, { signKey: key })).rejects.toMatchObject({ code: "audit-unsigned" });
    const other = memoryAuditLog();
    const second = await stage();
    const document = await signDecisionDocument(documentOf(second, "rollback"), key);
    await run(second, document, other, { signKey: key });
    expect(await run(second, document, other, { signKey: key })).toMatchObject({ outcome: "already-enacted" });
  });
});

describe("traffic that is left paused", () => {
  const refusing = (on: Stage, step: keyof ExperimentsClient): ExperimentsClient => ({
    ...on.client,
    [step]: async () => {
      throw new AuthenticationError(`Cannot ${step}: this token may not`, { code: "forbidden", status: 403 });
    },
  });
  const options = (on: Stage): EnactOptions => ({
    apply: true,
    audit: memoryAuditLog(),
    now: on.now,
    sleep: async () => undefined,
  });

  it("is said first, with the command that ends it", async () => {
    const on = await stage();
    await expect(
      enact(refusing(on, "resumeExperiment"), documentOf(on, "rollback"), options(on)),
    ).rejects.toMatchObject({
      code: "left-paused",
      message: expect.stringMatching(
        new RegExp(
          `^Traffic of ${on.id} is PAUSED .*curl -X POST .*/experiments/${on.id}/resume.*this token may not`,
          "u",
        ),
      ) as string,
    });
    expect(stateOf(on)).toEqual(["paused", 0]);
  });

  it("is taken up again at the old split when the change is refused for good", async () => {
    const on = await stage();
    const settings = options(on);
    await expect(enact(refusing(on, "updateExperiment"), documentOf(on, "rollback"), settings)).rejects.toMatchObject({
      code: "not-enacted",
      message: expect.stringMatching(/^The split of .* was not changed, and traffic runs as before/u) as string,
    });
    expect(stateOf(on)).toEqual(["active", 50]);
    expect((await settings.audit.read()).at(-1)).toMatchObject({ event: "stopped", observed: { status: "active" } });
    on.pass(1);
    const later = { ...settings, now: on.now };
    await expect(enact(on.client, documentOf(on, "rollback"), later)).resolves.toMatchObject({ outcome: "enacted" });
  });

  it("is reported as enacted when the server did what it said it would not", async () => {
    const on = await stage();
    const lying: ExperimentsClient = {
      ...on.client,
      resumeExperiment: async (id, more) => {
        await on.client.resumeExperiment(id, more);
        throw new AuthenticationError("Cannot resume", { code: "forbidden", status: 403 });
      },
    };
    expect(await enact(lying, documentOf(on, "rollback"), options(on))).toMatchObject({ outcome: "enacted" });
  });
});

describe("two enactments at once", () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "assay-lock-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("go one after the other; the second finds what the first did", async () => {
    const on = await stage();
    const audit = memoryAuditLog();
    const outcomes = await Promise.allSettled([
      run(on, documentOf(on, "rollback"), audit),
      run(on, documentOf(on, "ship"), audit),
    ]);
    expect(outcomes[0]).toMatchObject({ value: { outcome: "enacted" } });
    expect(outcomes[1]).toMatchObject({ reason: { code: "experiment-changed" } });
    expect(stateOf(on)).toEqual(["active", 0]);
  });

  it("are kept apart by a lock file that names its owner; the lock of a dead process is taken over", async () => {
    const on = await stage();
    const path = join(folder, "audit.jsonl");
    const said: string[] = [];
    const audit = fileAuditLog(path, (message) => said.push(message));
    const unlock = await audit.lock?.();
    await expect(run(on, documentOf(on, "rollback"), audit)).rejects.toMatchObject({
      code: "enactment-running",
      message: expect.stringMatching(
        new RegExp(`process ${process.pid} of .* on ${hostname()}, for \\d+ seconds`, "u"),
      ) as string,
    });
    await unlock?.();
    const dead = {
      owner: "somebody",
      host: hostname(),
      pid: 2 ** 22 + 7,
      since: new Date(0).toISOString(),
      token: "t",
    };
    writeFileSync(`${path}.lock`, JSON.stringify(dead));
    expect(await run(on, documentOf(on, "rollback"), audit)).toMatchObject({ outcome: "enacted" });
    expect(said.join()).toMatch(/took over the lock .* of process \d+ of somebody/u);
    writeFileSync(`${path}.lock`, JSON.stringify({ ...dead, host: "another", pid: 1 }));
    await expect(run(on, documentOf(on, "rollback"), audit)).rejects.toMatchObject({ code: "enactment-running" });
  });

  it("leave a log in which every single changed bit is named", async () => {
    const on = await stage();
    const path = join(folder, "audit.jsonl");
    await run(on, documentOf(on, "rollback"), fileAuditLog(path));
    const bytes = readFileSync(path);
    const silent: number[] = [];
    for (let at = 0; at < bytes.length; at += 11) {
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] as number) ^ (1 << (at % 8));
      writeFileSync(path, changed);
      const failed = await run(on, documentOf(on, "ship"), fileAuditLog(path), { apply: false }).then(
        () => "",
        (error: unknown) => (error as { code?: string }).code,
      );
      if (failed !== "audit-tampered" && failed !== "audit-corrupt") silent.push(at);
    }
    expect(silent).toEqual([]);
  });
});
