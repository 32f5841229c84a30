import { describe, expect, it } from "vitest";
import { clusterCorrection } from "../../../src/stats/dependence/cluster-correction.ts";
import { type ClusterContribution, nothing } from "../../../src/stats/dependence/cluster-totals.ts";

const own = (key: string, arm: "control" | "treatment", n: number, total: number): ClusterContribution => ({
  epoch: 0,
  key,
  control: nothing,
  treatment: nothing,
  [arm]: { n, total },
});

describe("clusters", () => {
  it("of one arm each inflate the variance as between-cluster variances do", () => {
    // Two pods an arm, 100 records of variance 1 each; means 1 and -1, and 2 and -2.
    const pods = [
      own("a", "control", 100, 100),
      own("b", "control", 100, -100),
      own("c", "treatment", 100, 200),
      own("d", "treatment", 100, -200),
    ];
    // Variance of the control's mean: ((100 / 200)^2 + (100 / 200)^2) 2 / (2 - 1) = 1; of the treatment's: 4.
    // Under independence 1 / 200 + 1 / 200.
    const found = clusterCorrection(pods, () => 1, "both");
    expect(found?.factor).toBeCloseTo(5 / 0.01, 9);
    // Satterthwaite: 5^2 / (1^2 / 1 + 4^2 / 1).
    expect(found?.degreesOfFreedom).toBeCloseTo(25 / 17, 9);
    expect(clusterCorrection(pods, () => 1, "control")?.factor).toBeCloseTo(1 / 0.005, 9);
  });

  it("that serve both arms cancel what the arms share", () => {
    const shared = ["a", "b", "c", "d"].map((key, i): ClusterContribution => ({
      epoch: 0,
      key,
      control: { n: 100, total: 100 * i },
      treatment: { n: 100, total: 100 * i },
    }));
    expect(clusterCorrection(shared, () => 1, "both")?.factor).toBeCloseTo(0, 9);
  });

  it("can't be told from an arm that has only one", () => {
    const pods = [own("a", "control", 100, 3), own("b", "control", 100, 5), own("c", "treatment", 100, 4)];
    expect(clusterCorrection(pods, () => 1, "both")).toBeNull();
    expect(clusterCorrection(pods, () => 1, "treatment")).toBeNull();
    expect(clusterCorrection(pods, () => 1, "control")).not.toBeNull();
  });
});
