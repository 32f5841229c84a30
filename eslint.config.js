import js from "@eslint/js";
import stylistic from "@stylistic/eslint-plugin";
import jsdoc from "eslint-plugin-jsdoc";
import perfectionist from "eslint-plugin-perfectionist";
import tseslint from "typescript-eslint";

/** Addresses can't be broken; everything else of more than 120 columns can. */
const lineLength = ["error", { code: 120, ignoreUrls: true, ignorePattern: "^import |doi:" }];

export default tseslint.config(
  {
    ignores: [
      "dist/**",
      "coverage/**",
      "**/node_modules/**",
      "reports/**",
      "docs/api/**",
      "wasm/**",
      "**/*.generated.ts",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { "@stylistic": stylistic, jsdoc, perfectionist },
    settings: { jsdoc: { mode: "typescript", tagNamePreference: { returns: "returns" } } },
    rules: {
      "@stylistic/max-len": lineLength,
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { prefer: "type-imports", fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-import-type-side-effects": "error",
      eqeqeq: ["error", "always"],
      "perfectionist/sort-imports": [
        "error",
        {
          type: "natural",
          ignoreCase: true,
          newlinesBetween: 0,
          groups: [
            ["value-builtin", "type-builtin"],
            ["value-external", "type-external"],
            ["value-parent", "type-parent"],
            ["value-sibling", "type-sibling"],
            "unknown",
          ],
        },
      ],
      "perfectionist/sort-named-imports": ["error", { type: "natural", ignoreCase: true }],
      "no-restricted-syntax": [
        "error",
        { selector: "TSEnumDeclaration", message: "Use a union of string literals." },
        { selector: "ExportDefaultDeclaration", message: "Use named exports." },
        { selector: "[accessibility='private'], [accessibility='protected']", message: "Use a #field or a #method." },
        {
          selector: "MemberExpression[object.name='Number'][property.name=/^(POSITIVE|NEGATIVE)_INFINITY$/]",
          message: "Write Infinity or -Infinity.",
        },
      ],
    },
  },
  {
    files: ["src/**/*.ts"],
    rules: {
      "jsdoc/check-param-names": ["error", { checkDestructured: false, disableMissingParamChecks: true }],
      "jsdoc/check-tag-names": ["error", { definedTags: ["guarantee", "assumptions", "source"] }],
      "jsdoc/no-types": "off",
      "jsdoc/require-hyphen-before-param-description": ["error", "always"],
      "jsdoc/require-throws-type": "error",
      "jsdoc/tag-lines": ["error", "any", { startLines: null }],
    },
  },
  { files: ["*.config.{js,mjs,ts}"], rules: { "no-restricted-syntax": "off" } },
  { files: ["**/*.{js,mjs}"], rules: { "no-undef": "off" } },
  // What makes the fixtures is written as the lines of a log are.
  { files: ["fixtures/**/*.mjs"], rules: { "@stylistic/max-len": "off" } },
);
