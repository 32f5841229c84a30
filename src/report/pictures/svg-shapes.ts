/** An SVG line; its colour and dashes come from the page by class. */
export function line(kind: string, [x1, y1]: Point, [x2, y2]: Point): string {
  return `<line class="${kind}" x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}"/>`;
}

/** An SVG path from its commands. */
export function path(kind: string, commands: string): string {
  return `<path class="${kind}" d="${commands}"/>`;
}

/** An SVG circle. */
export function circle([x, y]: Point, radius: number): string {
  return `<circle cx="${x}" cy="${y}" r="${radius}"/>`;
}

/** An SVG picture that only repeats what stands beside it as text, so that screen readers skip it. */
export function decorativeSvg(attributes: string, shapes: readonly string[]): string {
  return `<svg ${attributes} aria-hidden="true" focusable="false">${shapes.join("")}</svg>`;
}

/** A place in a picture, in its own units; a text where the number is already rounded. */
export type Point = readonly [x: number | string, y: number | string];
