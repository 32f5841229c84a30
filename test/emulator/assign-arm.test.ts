import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assignArm, unitPlace } from "../../src/emulator/index.ts";
import type { AssignableExperiment } from "../../src/emulator/index.ts";
import { murmur3 } from "../../src/emulator/murmur3.ts";

function experiment(treatment: number, changes: Partial<AssignableExperiment> = {}): AssignableExperiment {
  const arm = (version: string, percentage: number): AssignableExperiment["traffic_allocation"]["control"] => ({
    model_id: "m",
    version,
    percentage,
  });
  return {
    experiment_id: "exp_1",
    status: "active",
    traffic_allocation: { control: arm("1", 100 - treatment), treatment: arm("2", treatment) },
    ...changes,
  };
}

describe("murmur3", () => {
  /** Published test vectors of MurmurHash3 x86 32-bit. */
  it.each([
    ["", 0, 0x00000000],
    ["", 1, 0x514e28b7],
    ["", 0xffffffff, 0x81f16f39],
    ["test", 0, 0xba6bd213],
    ["test", 0x9747b28c, 0x704b81dc],
    ["Hello, world!", 0, 0xc0363e43],
    ["Hello, world!", 0x9747b28c, 0x24884cba],
    ["The quick brown fox jumps over the lazy dog", 0, 0x2e4ff723],
    ["The quick brown fox jumps over the lazy dog", 0x9747b28c, 0x2fa826cd],
    ["aaaa", 0x9747b28c, 0x5a97808a],
    ["aaa", 0x9747b28c, 0x283e0130],
    ["aa", 0x9747b28c, 0x5d211726],
    ["a", 0x9747b28c, 0x7fa09ea6],
    ["abc", 0, 0xb3dd93fa],
    ["ππππππππ", 0x9747b28c, 0xd58063c1],
  ])("%j with seed %i", (text, seed, hash) => expect(murmur3(text, seed)).toBe(hash));
});

describe("assignArm", () => {
  it("is the same every time, and in every process", () => {
    expect(["u1", "u2", "u3", "u4"].map((unit) => assignArm(experiment(50), { unit }).arm)).toMatchInlineSnapshot(`
      [
        "control",
        "control",
        "treatment",
        "treatment",
      ]
    `);
  });
  it("gives each arm its percentage", () => {
    const n = 200_000;
    for (const share of [0, 0.5, 1, 10, 33.3, 50, 100]) {
      let treated = 0;
      for (let i = 0; i < n; i += 1)
        if (assignArm(experiment(share), { unit: `user-${i}` }).arm === "treatment") treated += 1;
      const p = share / 100;
      expect(Math.abs(treated / n - p)).toBeLessThanOrEqual(4 * Math.sqrt((p * (1 - p)) / n));
    }
  });
  it("is independent between experiments", () => {
    const n = 100_000;
    let both = 0;
    for (let i = 0; i < n; i += 1) if (unitPlace("exp_1", `u${i}`) < 50 && unitPlace("exp_2", `u${i}`) < 50) both += 1;
    expect(Math.abs(both / n - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / n));
  });
  it("moves units from control to treatment only when the treatment grows", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        (unit, a, b) => {
          const [small, large] = [Math.min(a, b), Math.max(a, b)];
          if (assignArm(experiment(small), { unit }).arm === "treatment")
            expect(assignArm(experiment(large), { unit }).arm).toBe("treatment");
        },
      ),
    );
  });
  it.each(["draft", "paused", "completed"])("assigns nobody while %s", (status) => {
    expect(assignArm(experiment(50, { status }), { unit: "u" })).toEqual({ arm: null, reason: "not-active" });
  });
  it("keeps to the cohort, the features and the regions", () => {
    const all = experiment(50, {
      targeting_rules: { user_segment: "premium", request_features: ["tools", "streaming"], exclude_regions: ["eu"] },
    });
    const request = { unit: "u", segment: "premium", features: ["streaming", "tools", "vision"], region: "us" };
    expect(assignArm(all, request).reason).toBe("assigned");
    expect(assignArm(all, { ...request, segment: "free" })).toEqual({ arm: null, reason: "other-segment" });
    expect(assignArm(all, { ...request, segment: undefined })).toEqual({ arm: null, reason: "other-segment" });
    expect(assignArm(all, { ...request, features: ["tools"] })).toEqual({ arm: null, reason: "feature-missing" });
    expect(assignArm(all, { ...request, region: "eu" })).toEqual({ arm: null, reason: "region-excluded" });
    expect(assignArm(all, { ...request, region: undefined })).toEqual({ arm: null, reason: "region-excluded" });
    expect(assignArm(experiment(50, { targeting_rules: { user_segment: "all" } }), { unit: "u" }).reason).toBe(
      "assigned",
    );
  });
  it("gives a unit the same arm whatever else is in the request", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), fc.array(fc.string()), (unit, segment, features) => {
        expect(assignArm(experiment(30), { unit, segment, features }).arm).toBe(
          assignArm(experiment(30), { unit }).arm,
        );
      }),
    );
  });
  it.each(["", undefined, 7])("refuses the unit %j", (unit) => {
    expect(() => assignArm(experiment(50), { unit: unit as string })).toThrow("unit must be a non-empty text");
  });
});
