"""Prints the coefficient tables of src/math/*.table.ts (needs mpmath)."""

import mpmath as mp

mp.mp.dps = 60


def chebyshev(f, count, samples=200):
    """Coefficients of sum' c_k T_k(t) on [-1, 1]; the first is already halved."""
    angles = [mp.pi * (j + mp.mpf(1) / 2) / samples for j in range(samples)]
    values = [f(mp.cos(a)) for a in angles]
    c = [2 * mp.fsum(v * mp.cos(k * a) for v, a in zip(values, angles)) / samples for k in range(count)]
    c[0] /= 2
    return c


def scaled_erfc(t, centre=mp.mpf("3.75")):
    """(1 + 2x) exp(x^2) erfc(x) with x = centre (1 + t) / (1 - t)."""
    x = centre * (1 + t) / (1 - t)
    if x > 1000:
        v = 1 / (2 * x * x)
        erfcx = (1 - v + 3 * v**2 - 15 * v**3 + 105 * v**4) / (x * mp.sqrt(mp.pi))
    else:
        erfcx = mp.exp(x * x) * mp.erfc(x)
    return (1 + 2 * x) * erfcx


def table(name, values):
    print(name)
    for v in values:
        print("  " + mp.nstr(v, 17) + ",")


table("scaledErfcCoefficients", chebyshev(scaled_erfc, 34))
table(
    "zetaCoefficients (zeta(k) - 1) / k, alternating, k = 2...",
    [(-1) ** k * (mp.zeta(k) - 1) / k for k in range(2, 30)],
)
