import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "node_modules",
      "build/**",
      "artifacts",
      "cache",
      "coverage",
      "typechain-types",
      "**/*.cjs",
      "stf/*.ts",
      "stf/!(build)/**",
      "vm/interpreter/**",
      "**/*.as.ts",
      // Users' projects, in the words of their documentation.
      "test/devnet/hardhat/**",
      "test/clients/others/**",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["explorer/**"],
    languageOptions: { globals: { document: "readonly", fetch: "readonly", setTimeout: "readonly" } },
  },
  {
    rules: {
      "@typescript-eslint/no-require-imports": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-unused-expressions": "off",
      "no-constant-condition": ["error", { checkLoops: false }],
      // One idiom for private members, also in what a debugger shows and a subclass may not reuse.
      "no-restricted-syntax": [
        "error",
        { selector: "PrivateIdentifier", message: "Private members are written `private name`, everywhere." },
      ],
    },
  },
);
