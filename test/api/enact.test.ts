import { describe, expect, it } from "vitest";
import {
  AuditEntrySchema,
  decisionDocument,
  decisionHash,
  decodeDecisionDocument,
  enact,
  memoryAuditLog,
  targetSplit,
} from "../../src/api/index.ts";
import type {
  AuditEntry,
  AuditLog,
  DecisionDocument,
  EnactOptions,
  ExperimentsClient,
  Verdict,
} from "../../src/api/index.ts";
import { stage } from "./stage.ts";
import type { Stage } from "./stage.ts";

function documentOf(
  on: Stage,
  verdict: Verdict,
  changes: Partial<Parameters<typeof decisionDocument>[0]> = {},
): DecisionDocument {
  return decisionDocument({
    experimentId: on.id,
    asOf: new Date(on.now()).toISOString(),
    allocation: { control: 50, treatment: 50 },
    decision: { decision: verdict },
    ...changes,
  });
}

function optionsOf(on: Stage, audit: AuditLog, changes: Partial<EnactOptions> = {}): EnactOptions {
  return { apply: true, audit, now: on.now, sleep: async () => undefined, ...changes };
}

const actionsOf = (on: Stage): string => (on.emulator.inspect(on.id)?.actions ?? []).map(({ kind }) => kind).join(" ");
const stateOf = (on: Stage): unknown => {
  const experiment = on.emulator.inspect(on.id)?.experiment;
  return [
    experiment?.status,
    experiment?.traffic_allocation.control.percentage,
    experiment?.traffic_allocation.treatment.percentage,
  ];
};

describe("enact", () => {
  it("changes nothing unless told to apply", async () => {
    const on = await stage();
    const audit = memoryAuditLog();
    const { apply: _, ...dry } = optionsOf(on, audit);
    expect(await enact(on.client, documentOf(on, "rollback"), dry)).toMatchObject({
      outcome: "dry-run",
      steps: ["pause", "update", "resume"],
      from: { control: 50, treatment: 50 },
      to: { control: 100, treatment: 0 },
    });
    expect(actionsOf(on)).toBe("");
    expect(await audit.read()).toEqual([]);
    expect(on.asked.filter((call) => !call.startsWith("GET"))).toHaveLength(3);
  });
  it("rolls back", async () => {
    const on = await stage();
    expect(await enact(on.client, documentOf(on, "rollback"), optionsOf(on, memoryAuditLog()))).toMatchObject({
      outcome: "enacted",
      steps: ["pause", "update", "resume"],
    });
    expect(stateOf(on)).toEqual(["active", 100, 0]);
    expect(actionsOf(on)).toBe("paused updated resumed");
  });
  it("ships", async () => {
    const on = await stage();
    await enact(on.client, documentOf(on, "ship"), optionsOf(on, memoryAuditLog()));
    expect(stateOf(on)).toEqual(["active", 0, 100]);
  });
  it("ships by a step of a ramp", async () => {
    const on = await stage();
    await enact(on.client, documentOf(on, "ship"), optionsOf(on, memoryAuditLog(), { ramp: [10, 25, 50, 75, 100] }));
    expect(stateOf(on)).toEqual(["active", 25, 75]);
  });
  it.each(["keep-running", "inconclusive", "invalid"] as const)(
    "leaves everything as it is for %s",
    async (verdict) => {
      const on = await stage();
      expect(await enact(on.client, documentOf(on, verdict), optionsOf(on, memoryAuditLog()))).toMatchObject({
        outcome: "nothing-to-do",
        steps: [],
      });
      expect(actionsOf(on)).toBe("");
    },
  );
  it("does nothing a second time", async () => {
    const on = await stage();
    const audit = memoryAuditLog();
    const document = documentOf(on, "rollback");
    await enact(on.client, document, optionsOf(on, audit));
    on.pass(48);
    expect(await enact(on.client, document, optionsOf(on, audit))).toMatchObject({ outcome: "already-enacted" });
    expect(actionsOf(on)).toBe("paused updated resumed");
  });
  it("refuses to do again what somebody undid", async () => {
    const on = await stage();
    const audit = memoryAuditLog();
    const document = documentOf(on, "rollback");
    await enact(on.client, document, optionsOf(on, audit));
    await on.client.pauseExperiment(on.id);
    await expect(enact(on.client, document, optionsOf(on, audit))).rejects.toMatchObject({
      code: "changed-since-enacted",
    });
  });
  it("writes what it does, with the decision's hash, and no secret", async () => {
    const on = await stage({ token: "sk-very-secret" });
    const audit = memoryAuditLog();
    const document = documentOf(on, "rollback");
    await enact(on.client, document, optionsOf(on, audit));
    const entries = await audit.read();
    expect(entries.map(({ event, step }) => [event, step])).toEqual([
      ["started", undefined],
      ["acting", "pause"],
      ["done", "pause"],
      ["acting", "update"],
      ["done", "update"],
      ["acting", "resume"],
      ["done", "resume"],
      ["finished", undefined],
    ]);
    const hash = await decisionHash(document);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    for (const entry of entries)
      expect(AuditEntrySchema.parse(entry)).toMatchObject({
        decisionHash: hash,
        experimentId: on.id,
        verdict: "rollback",
      });
    expect(entries[4]).toMatchObject({ observed: { status: "paused", allocation: { control: 100, treatment: 0 } } });
    expect(JSON.stringify(entries)).not.toContain("sk-very-secret");
  });
});

describe("enact refuses", () => {
  const cases: [string, string, (on: Stage) => Promise<DecisionDocument>][] = [
    [
      "a stale decision",
      "stale-decision",
      async (on) => {
        const document = documentOf(on, "rollback");
        on.pass(2.1);
        return document;
      },
    ],
    [
      "another split",
      "experiment-changed",
      async (on) => documentOf(on, "rollback", { allocation: { control: 90, treatment: 10 } }),
    ],
    [
      "a change since",
      "experiment-changed",
      async (on) => {
        const document = documentOf(on, "rollback");
        on.pass(0.5);
        await on.client.pauseExperiment(on.id);
        await on.client.resumeExperiment(on.id);
        return document;
      },
    ],
    [
      "an experiment that somebody paused",
      "experiment-not-active",
      async (on) => {
        await on.client.pauseExperiment(on.id);
        return documentOf(on, "rollback");
      },
    ],
    [
      "an unknown experiment",
      "experiment-not-found",
      async (on) => documentOf(on, "rollback", { experimentId: "exp_0404" }),
    ],
  ];
  it.each(cases)("%s", async (_, code, prepare) => {
    const on = await stage();
    const document = await prepare(on);
    const before = actionsOf(on);
    await expect(enact(on.client, document, optionsOf(on, memoryAuditLog()))).rejects.toMatchObject({ code });
    expect(actionsOf(on)).toBe(before);
  });
  it("a decision that is stale by the server's clock, though not by this machine's", async () => {
    const on = await stage();
    const document = documentOf(on, "rollback");
    const here = on.now();
    on.pass(3);
    await expect(
      enact(on.client, document, optionsOf(on, memoryAuditLog(), { now: () => here })),
    ).rejects.toMatchObject({ code: "stale-decision" });
  });
  it("to begin while another enactment isn't finished", async () => {
    const on = await stage();
    const audit = memoryAuditLog();
    const other: AuditEntry = {
      kind: "assay-enactment",
      at: new Date(on.now()).toISOString(),
      experimentId: on.id,
      decisionHash: "f".repeat(64),
      verdict: "ship",
      event: "started",
      from: { control: 50, treatment: 50 },
      to: { control: 0, treatment: 100 },
    };
    await audit.append(other);
    await expect(enact(on.client, documentOf(on, "rollback"), optionsOf(on, audit))).rejects.toMatchObject({
      code: "unfinished-enactment",
    });
  });
  it.each([[[0, 50]], [[50, 50]], [[50, 101]], [[50, 25]]])("the ramp %j", async (ramp) => {
    const on = await stage();
    await expect(enact(on.client, documentOf(on, "ship"), optionsOf(on, memoryAuditLog(), { ramp }))).rejects.toThrow(
      RangeError,
    );
  });
});

describe("enact goes on after a crash", () => {
  class Crash extends Error {}
  /**
   * A process that ends at its n-th contact with the world: before a request, after it, before or after a line of the
   * log.
   */
  function mortal(
    on: Stage,
    kept: AuditEntry[],
    life: number,
  ): { run: (document: DecisionDocument) => Promise<unknown>; died: () => boolean } {
    const control = new AbortController();
    let contacts = 0;
    const live = (): void => {
      if ((contacts += 1) <= life) return;
      control.abort(new Crash());
      throw new Crash();
    };
    const client = on.another({
      fetch: async (url, init) => {
        live();
        const response = await on.emulator.fetch(url, init);
        live();
        return response;
      },
    });
    const audit: AuditLog = {
      read: async () => [...kept],
      append: async (entry) => {
        live();
        kept.push(entry);
        live();
      },
    };
    return {
      run: (document) => enact(client, document, optionsOf(on, audit, { signal: control.signal })),
      died: () => contacts > life,
    };
  }
  it("at every single moment, twice over, with no double action", async () => {
    let moments = 0;
    for (let first = 0; ; first += 1) {
      for (let second = first % 4; ; second += 4) {
        const on = await stage({ scenario: null });
        const kept: AuditEntry[] = [];
        const document = documentOf(on, "rollback");
        const one = mortal(on, kept, first);
        await one.run(document).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
        const two = mortal(on, kept, second);
        await two.run(document).catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
        on.pass(1);
        await mortal(on, kept, 1000).run(document);
        expect([first, second, stateOf(on), actionsOf(on)]).toEqual([
          first,
          second,
          ["active", 100, 0],
          "paused updated resumed",
        ]);
        moments += 1;
        if (!two.died()) break;
      }
      const probe = await stage({ scenario: null });
      const whole = mortal(probe, [], first);
      await whole.run(documentOf(probe, "rollback")).catch(() => undefined);
      if (!whole.died()) break;
    }
    expect(moments).toBeGreaterThan(200);
  });
  it("even where the server knows no idempotency keys", async () => {
    for (let life = 0; life < 40; life += 1) {
      const on = await stage({ scenario: null });
      const kept: AuditEntry[] = [];
      const document = documentOf(on, "rollback");
      const forgetful = {
        ...on,
        emulator: {
          ...on.emulator,
          fetch: (async (url, init) => {
            const headers = Object.fromEntries(
              Object.entries((init?.headers ?? {}) as Record<string, string>).filter(
                ([name]) => name !== "idempotency-key",
              ),
            );
            return on.emulator.fetch(url as string, { ...init, headers });
          }) as typeof fetch,
        },
      };
      await mortal(forgetful, kept, life)
        .run(document)
        .catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
      await mortal(forgetful, kept, 1000).run(document);
      expect([life, stateOf(on), actionsOf(on)]).toEqual([life, ["active", 100, 0], "paused updated resumed"]);
    }
  });
  it("and takes no old answer for a reason to act again, even then", async () => {
    const on = await stage({ scenario: null });
    const old = await on.client.getExperiment(on.id);
    let resumed = 0;
    const server: ExperimentsClient = {
      ...on.client,
      pauseExperiment: async (id) => on.client.pauseExperiment(id),
      updateExperiment: async (id, patch) => on.client.updateExperiment(id, patch),
      resumeExperiment: async (id) => {
        resumed += 1;
        return on.client.resumeExperiment(id);
      },
      getExperiment: async (id) => (resumed > 0 && (resumed += 1) <= 4 ? old : on.client.getExperiment(id)),
    };
    expect(await enact(server, documentOf(on, "rollback"), optionsOf(on, memoryAuditLog()))).toMatchObject({
      outcome: "enacted",
    });
    expect([stateOf(on), actionsOf(on)]).toEqual([["active", 100, 0], "paused updated resumed"]);
  });
  it("but not when somebody else takes the experiment elsewhere meanwhile", async () => {
    const on = await stage();
    const kept: AuditEntry[] = [];
    const document = documentOf(on, "rollback");
    const audit: AuditLog = {
      read: async () => [...kept],
      append: async (entry) => {
        kept.push(entry);
        if (entry.event === "done") throw new Crash();
      },
    };
    await expect(enact(on.client, document, optionsOf(on, audit))).rejects.toBeInstanceOf(Crash);
    await on.client.resumeExperiment(on.id);
    await expect(mortal(on, kept, 1000).run(document)).rejects.toMatchObject({ code: "unexpected-state" });
    expect(stateOf(on)).toEqual(["active", 50, 50]);
  });
});

describe("the split a verdict asks for", () => {
  it.each([
    ["rollback", 50, [100], 0],
    ["ship", 50, [100], 100],
    ["ship", 10, [10, 25, 100], 25],
    ["ship", 12, [10, 25, 100], 25],
    ["ship", 100, [100], undefined],
    ["keep-running", 50, [100], undefined],
  ] as const)("%s at %i %% with ramp %j", (verdict, treatment, ramp, wanted) => {
    expect(targetSplit(verdict, { control: 100 - treatment, treatment }, ramp)?.treatment).toBe(wanted);
  });
});

describe("decision documents", () => {
  it("have the same hash whatever the order of their keys, and another for another decision", async () => {
    const on = await stage();
    const document = documentOf(on, "rollback");
    const turned = Object.fromEntries(Object.entries(document).reverse()) as unknown as DecisionDocument;
    expect(await decisionHash(turned)).toBe(await decisionHash(document));
    expect(await decisionHash({ ...document, verdict: "ship" })).not.toBe(await decisionHash(document));
    expect(decodeDecisionDocument(JSON.stringify(document))).toEqual(document);
  });
  it.each([
    ["{", "invalid-json"],
    ["{}", "invalid-decision-document"],
    ["[]", "invalid-decision-document"],
  ])("are refused as %s", (text, code) => {
    expect(() => decodeDecisionDocument(text)).toThrow(expect.objectContaining({ code }));
  });
});
