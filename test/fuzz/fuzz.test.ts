import { describe, expect, it } from "vitest";
import { fuzz } from "../../simulations/fuzz/fuzz.ts";
import { targets } from "../../simulations/fuzz/targets.ts";

describe("no input crashes, hangs or slips through", () => {
  it.each(targets.map((target) => [target.name, target] as const))("%s", async (_name, target) => {
    const cases = target.name === "command line" ? 150 : 1000;
    expect((await fuzz(target, cases, 1)).cases).toBe(cases);
  });

  it("would notice a crash, and say the seed", async () => {
    const broken = {
      name: "broken",
      run: () => {
        throw new SyntaxError("oops");
      },
    };
    await expect(fuzz(broken, 1, 7)).rejects.toThrow(/broken: seed 7 fails: oops/u);
  });
});
