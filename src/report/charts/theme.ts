/**
 * The colours of a chart. Arms are told apart by colour and by dash or shape, so that no chart rests on colour alone.
 */
export interface ChartTheme {
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  /** Control first, then the treatments; from Okabe and Ito's colour-blind-safe palette. */
  readonly arms: readonly string[];
  readonly good: string;
  readonly bad: string;
  readonly neutral: string;
}

const light: ChartTheme = {
  ink: "#1a1c20",
  muted: "#565b64",
  grid: "#e3e5e8",
  background: "transparent",
  arms: ["#0072b2", "#d55e00", "#00835f", "#a8487f", "#7a6200", "#4b3f9e"],
  good: "#00734f",
  bad: "#b3400a",
  neutral: "#3d5a80",
};

const dark: ChartTheme = {
  ink: "#eceef1",
  muted: "#a9afb9",
  grid: "#383c43",
  background: "transparent",
  arms: ["#56b4e9", "#e69f00", "#2fc79b", "#e59bc6", "#f0e442", "#a99cf5"],
  good: "#2fc79b",
  bad: "#ff8a4c",
  neutral: "#9dbde3",
};

/**
 * Which theme: fixed colours for `light` and `dark`, CSS variables for `css`, which follow the page the SVG stands in.
 */
export type ThemeName = "light" | "dark" | "css";

const variable = (name: string, fallback: string): string => `var(--assay-${name}, ${fallback})`;

const css: ChartTheme = {
  ink: variable("ink", light.ink),
  muted: variable("muted", light.muted),
  grid: variable("grid", light.grid),
  background: "transparent",
  arms: light.arms.map((colour, index) => variable(`arm-${index}`, colour)),
  good: variable("good", light.good),
  bad: variable("bad", light.bad),
  neutral: variable("neutral", light.neutral),
};

/** The colours by theme. */
export const chartThemes: Readonly<Record<ThemeName, ChartTheme>> = { light, dark, css };

/** The colours of a theme as CSS declarations, for the page that SVGs of the `css` theme stand in. */
export function themeVariables(name: "light" | "dark"): string {
  const { arms, background: _, ...colours } = chartThemes[name];
  const named = Object.entries(colours).map(([key, value]) => `--assay-${key}:${value}`);
  return [...named, ...arms.map((colour, index) => `--assay-arm-${index}:${colour}`)].join(";");
}
