"""Writes fixtures/reference/fixed-methods.json.

Worked values that the engines' own vectors don't cover, by mpmath, scipy and numpy.
"""

import json
import pathlib
import sys

import mpmath as mp
import numpy as np
from scipy import stats

mp.mp.dps = 50


def s(x):
    return mp.nstr(x, 20) if isinstance(x, mp.mpf) else float(x)


# ---- Fisher's noncentral hypergeometric, by exact sums
def weights(N, K, n, ln_odds):
    odds = mp.exp(mp.mpf(ln_odds))
    lo, hi = max(0, n + K - N), min(n, K)
    term = mp.binomial(K, lo) * mp.binomial(N - K, n - lo) * odds**lo
    out = [term]
    for x in range(lo, hi):
        term = term * (K - x) * (n - x) / ((x + 1) * (N - K - n + x + 1)) * odds
        out.append(term)
    return lo, out


def nchg(N, K, n, k, ln_odds):
    lo, w = weights(N, K, n, ln_odds)
    z = mp.fsum(w)
    below = mp.fsum(w[: k - lo + 1]) / z
    above = mp.fsum(w[k - lo + 1 :]) / z
    mean = mp.fsum((lo + i) * x for i, x in enumerate(w)) / z
    var = mp.fsum((lo + i - mean) ** 2 * x for i, x in enumerate(w)) / z
    central = mp.fsum(weights(N, K, n, 0)[1])
    return {
        "inputs": [N, K, n, k, ln_odds],
        "cdf": s(below),
        "survival": s(above),
        "logProbability": s(mp.log(w[k - lo] / z)),
        "mean": s(mean),
        "variance": s(var),
        "lnNormaliser": s(mp.log(z / central)),
    }


def nchg_cases():
    out = []
    for N, K, n in [(10, 4, 5), (20, 12, 9), (200, 17, 90), (2000, 60, 1000), (2000, 1400, 300), (20000, 300, 5000)]:
        for ln_odds in (-3.0, -0.5, 0.0, 0.25, 1.0, 5.0):
            lo, w = weights(N, K, n, ln_odds)
            z = mp.fsum(w)
            mode = lo + max(range(len(w)), key=lambda i: w[i])
            hi = lo + len(w) - 1
            for k in sorted(
                {lo, max(lo, mode - 3), mode, min(hi - 1, mode + 2), min(hi - 1, mode + 25), (lo + mode) // 2}
            ):
                if lo <= k < hi:
                    out.append(nchg(N, K, n, k, ln_odds))
    return out


# ---- conditional odds ratio
def conditional(x1, n1, x2, n2, alpha=0.05):
    """Treatment x2 of n2 against control x1 of n1."""
    N, K, n, k = n1 + n2, x1 + x2, n2, x2
    lo, hi = max(0, n + K - N), min(n, K)

    def tail(ln_odds, upper):
        a, w = weights(N, K, n, ln_odds)
        z = mp.fsum(w)
        return mp.fsum(w[k - a :]) / z if upper else mp.fsum(w[: k - a + 1]) / z

    def mean(ln_odds):
        a, w = weights(N, K, n, ln_odds)
        return mp.fsum((a + i) * x for i, x in enumerate(w)) / mp.fsum(w)

    def solve(f):
        a, b = mp.mpf(-40), mp.mpf(40)
        for _ in range(90):
            m = (a + b) / 2
            if (f(a) < 0) == (f(m) < 0):
                a = m
            else:
                b = m
        return mp.exp((a + b) / 2)

    est = mp.mpf(0) if k == lo else mp.inf if k == hi else solve(lambda t: mean(t) - k)
    low = mp.mpf(0) if k == lo else solve(lambda t: tail(t, True) - mp.mpf(alpha) / 2)
    up = mp.inf if k == hi else solve(lambda t: tail(t, False) - mp.mpf(alpha) / 2)
    a, w = weights(N, K, n, 0)
    z = mp.fsum(w)
    p = [x / z for x in w]
    obs = p[k - a]
    less, greater = mp.fsum(p[: k - a + 1]), mp.fsum(p[k - a :])
    minlike = mp.fsum(q for q in p if q <= obs * (1 + mp.mpf(10) ** -30))
    doubled = min(mp.mpf(1), 2 * min(less, greater))
    small = min(less, greater)
    # Blaker: acceptability, all tables whose smaller tail is at most the observed one
    blaker = mp.fsum(
        q for i, q in enumerate(p) if min(mp.fsum(p[: i + 1]), mp.fsum(p[i:])) <= small * (1 + mp.mpf(10) ** -30)
    )
    return {
        "control": [x1, n1],
        "treatment": [x2, n2],
        "estimate": s(est),
        "interval": [s(low), s(up)],
        "minimumLikelihood": s(minlike),
        "doubled": s(doubled),
        "blaker": s(blaker),
        "midP": s(minlike - obs / 2),
    }


# ---- score statistics by direct maximisation
def constrained(x1, n1, x2, n2, kind, value):
    """MLE of (control p1, treatment p2) under the constraint, by bisection on the score in p1."""
    x1, n1, x2, n2, value = map(mp.mpf, (x1, n1, x2, n2, value))
    if kind == "diff":
        p2 = lambda p: p + value
        lo, hi = max(mp.mpf(0), -value), min(mp.mpf(1), 1 - value)
        slope = lambda p: mp.mpf(1)
    elif kind == "ratio":
        p2 = lambda p: value * p
        lo, hi = mp.mpf(0), min(mp.mpf(1), 1 / value)
        slope = lambda p: value
    else:
        p2 = lambda p: value * p / (1 - p + value * p)
        lo, hi = mp.mpf(0), mp.mpf(1)
        slope = lambda p: value / (1 - p + value * p) ** 2

    def score(p):
        q = p2(p)
        g = mp.mpf(0)
        for x, n, r, d in ((x1, n1, p, mp.mpf(1)), (x2, n2, q, slope(p))):
            if x > 0:
                g += x / r * d
            if n - x > 0:
                g -= (n - x) / (1 - r) * d
        return g

    a, b = lo, hi
    for _ in range(130):
        m = (a + b) / 2
        if score(m) > 0:
            a = m
        else:
            b = m
    p = (a + b) / 2
    return p, p2(p)


def score_z(x1, n1, x2, n2, kind, value, correction):
    p1, p2 = constrained(x1, n1, x2, n2, kind, value)
    o1, o2 = mp.mpf(x1) / n1, mp.mpf(x2) / n2
    N = n1 + n2
    f = mp.mpf(N) / (N - 1) if correction else mp.mpf(1)
    v1, v2 = p1 * (1 - p1) / n1, p2 * (1 - p2) / n2
    if kind == "diff":
        num, var = o2 - o1 - value, v1 + v2
    elif kind == "ratio":
        num, var = o2 - value * o1, v2 + value**2 * v1
    else:
        num = x2 - n2 * p2
        var = 1 / (1 / (n1 * p1 * (1 - p1)) + 1 / (n2 * p2 * (1 - p2)))
    return num / mp.sqrt(var * f)


def score_interval(x1, n1, x2, n2, kind, correction):
    mp.mp.dps = 34
    z = mp.sqrt(2) * mp.erfinv(mp.mpf("0.95"))
    if kind == "diff":
        fwd, ends = (lambda t: t), (mp.mpf(-1) + mp.mpf(10) ** -30, mp.mpf(1) - mp.mpf(10) ** -30)
        est = mp.mpf(x2) / n2 - mp.mpf(x1) / n1
    else:
        fwd, ends = mp.exp, (mp.mpf(-60), mp.mpf(60))
        a, b, c, d = x2, n2 - x2, x1, n1 - x1
        num, den = (mp.mpf(x2) * n1, mp.mpf(x1) * n2) if kind == "ratio" else (mp.mpf(a) * d, mp.mpf(b) * c)
        est = mp.mpf(0) if num == 0 else mp.inf if den == 0 else num / den
    centre = est if kind == "diff" else (mp.mpf(0) if est in (0, mp.inf) else mp.log(est))

    def limit(end, sign):
        f = lambda t: sign * score_z(x1, n1, x2, n2, kind, fwd(t), correction) - z
        if f(end) < 0:
            return None
        # Halve down to a good start, then the secant method.
        a, b = centre, end
        for _ in range(12):
            m = (a + b) / 2
            if f(m) < 0:
                a = m
            else:
                b = m
        return fwd(mp.findroot(f, (a, b), solver="anderson", tol=mp.mpf(10) ** -28, verify=False))

    low, up = limit(ends[0], 1), limit(ends[1], -1)
    closed = kind == "diff"
    low = (mp.mpf(-1) if closed else mp.mpf(0)) if low is None or (not closed and est == 0) else low
    up = (mp.mpf(1) if closed else mp.inf) if up is None or (not closed and est == mp.inf) else up
    return {
        "control": [x1, n1],
        "treatment": [x2, n2],
        "effect": kind,
        "correction": correction,
        "interval": [s(low), s(up)],
    }


SCORE_TABLES = [
    (3, 25, 0, 20),
    (3, 6, 5, 5),
    (345, 100000, 300, 100000),
    (0, 100, 0, 100),
    (5, 5, 5, 5),
    (0, 1000, 5, 1000),
    (1, 34, 7, 34),
    (9999, 10000, 10000, 10000),
]


# ---- Dunnett, normal case, by two-dimensional quadrature
def dunnett(stat, sizes, control, df=None):
    mp.mp.dps = 20
    lam = [mp.sqrt(mp.mpf(n) / (n + control)) for n in sizes]

    def given(x):
        def f(u):
            out = mp.mpf(1)
            for l in lam:
                o = mp.sqrt(1 - l * l)
                out *= mp.ncdf((x - l * u) / o) - mp.ncdf((-x - l * u) / o)
            return out * mp.npdf(u)

        return 1 - mp.quad(f, [-9, -4, 0, 4, 9], maxdegree=5, method="gauss-legendre")

    if df is None:
        return s(given(mp.mpf(stat)))
    # Student t: double Gauss-Legendre in doubles, 400 nodes each way.
    nodes, w = np.polynomial.legendre.leggauss(400)
    u, wu = 9 * nodes, 9 * w
    lo, hi = stats.chi.ppf([1e-15, 1 - 1e-15], df) / np.sqrt(df)
    t, wt = (hi + lo) / 2 + (hi - lo) / 2 * nodes, (hi - lo) / 2 * w
    dens = stats.chi.pdf(t * np.sqrt(df), df) * np.sqrt(df)
    total = 0.0
    for ti, wi, di in zip(t, wt, dens):
        none = np.ones_like(u)
        for l in map(float, lam):
            o = np.sqrt(1 - l * l)
            none *= stats.norm.cdf((stat * ti - l * u) / o) - stats.norm.cdf((-stat * ti - l * u) / o)
        total += wi * di * float(np.sum(wu * stats.norm.pdf(u) * (1 - none)))
    return total


def rank_cases():
    rng = np.random.default_rng(20261125)
    out = []
    for n, m, kind in [(5, 4, "continuous"), (12, 30, "continuous"), (40, 25, "tied"), (7, 7, "tied")]:
        c = rng.exponential(1, n) * 100
        t = rng.exponential(1, m) * 120
        if kind == "tied":
            c, t = np.round(c / 20), np.round(t / 20)
        d = np.sort((t[:, None] - c[None, :]).ravel())
        for alternative in ("two-sided", "less", "greater"):
            method = "exact" if kind == "continuous" else "asymptotic"
            r = stats.mannwhitneyu(t, c, alternative=alternative, method=method, use_continuity=True)
            out.append(
                {
                    "control": c.tolist(),
                    "treatment": t.tolist(),
                    "alternative": alternative,
                    "method": method,
                    "U": float(r.statistic),
                    "pValue": float(r.pvalue),
                    "shift": float(np.median(d)),
                }
            )
    return out


def mean_cases():
    rng = np.random.default_rng(7)
    c, t = rng.normal(10, 2, 15), rng.normal(11, 4, 23)
    w = stats.ttest_ind(t, c, equal_var=False)
    ci = w.confidence_interval(0.95)
    a, b = rng.normal(5, 1, 12), rng.normal(5.4, 1, 12)
    p = stats.ttest_rel(b, a)
    pci = p.confidence_interval(0.9)
    return {
        "welch": {
            "control": c.tolist(),
            "treatment": t.tolist(),
            "statistic": float(w.statistic),
            "df": float(w.df),
            "pValue": float(w.pvalue),
            "interval": [float(ci.low), float(ci.high)],
        },
        "paired": {
            "control": a.tolist(),
            "treatment": b.tolist(),
            "statistic": float(p.statistic),
            "df": float(p.df),
            "pValue": float(p.pvalue),
            "interval90": [float(pci.low), float(pci.high)],
        },
    }


def adjustment_cases():
    """CUPED and Lin's estimator as least squares: y ~ arm + x, and y ~ arm * (x - mean)."""
    rng = np.random.default_rng(11)
    n, m = 80, 50
    xc, xt = rng.normal(3, 1, n), rng.normal(3.2, 1, m)
    yc, yt = 1 + 2 * xc + rng.normal(0, 1, n), 1.5 + 1.4 * xt + rng.normal(0, 1, m)
    x, y, arm = np.concatenate([xc, xt]), np.concatenate([yc, yt]), np.concatenate([np.zeros(n), np.ones(m)])
    one = np.ones(n + m)
    pooled = np.linalg.lstsq(np.column_stack([one, arm, x]), y, rcond=None)[0]
    centred = x - x.mean()
    inter = np.linalg.lstsq(np.column_stack([one, arm, centred, arm * centred]), y, rcond=None)[0]
    return {
        "xControl": xc.tolist(),
        "yControl": yc.tolist(),
        "xTreatment": xt.tolist(),
        "yTreatment": yt.tolist(),
        "cuped": {"estimate": float(pooled[1]), "slope": float(pooled[2])},
        "lin": {
            "estimate": float(inter[1]),
            "controlSlope": float(inter[2]),
            "treatmentSlope": float(inter[2] + inter[3]),
        },
    }


out = {
    "source": "scripts/reference-fixed.py: mpmath %s at 50 digits, scipy, numpy" % mp.__version__,
    "noncentralHypergeometric": nchg_cases(),
    "conditionalOddsRatio": [
        conditional(*c)
        for c in [
            (7, 9, 2, 10),
            (0, 20, 3, 25),
            (5, 5, 3, 6),
            (8, 60, 1, 55),
            (997, 1000, 990, 1000),
            (30, 1000, 45, 900),
        ]
    ],
    "scoreIntervals": [
        score_interval(*t, kind, c)
        for t in SCORE_TABLES
        for kind in ("diff", "ratio", "odds")
        for c in (False, True)
        if not (kind == "ratio" and t[0] + t[2] == 0) and not (kind == "odds" and t[0] + t[2] in (0, t[1] + t[3]))
    ],
    "dunnett": [
        {
            "statistic": x,
            "treatmentSizes": sizes,
            "controlSize": c0,
            "degreesOfFreedom": df,
            "pValue": dunnett(x, sizes, c0, df),
        }
        for x, sizes, c0, df in [
            (2.2, [100, 100], 100, None),
            (2.5, [50, 80, 200], 100, None),
            (6.0, [10, 10, 10, 10], 30, None),
            (2.3, [10, 10, 10], 10, 36),
            (3.1, [6, 9], 8, 20),
        ]
    ],
    "rank": rank_cases(),
    "means": mean_cases(),
    "adjustment": adjustment_cases(),
}
path = pathlib.Path(__file__).parent.parent / "fixtures" / "reference" / "fixed-methods.json"
path.write_text(json.dumps(out, indent=1) + "\n")
print(path.stat().st_size, file=sys.stderr)
