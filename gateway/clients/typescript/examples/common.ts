// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Key } from "../src/index.js";

/** What the examples share: their command line (every option is required), and a way to end. */
export async function run(main: (options: Record<string, string>) => Promise<void>, ...names: string[]): Promise<void> {
  const options = Object.fromEntries([...names, "url"].map((name) => [name, { type: "string" as const }]));
  const { values } = parseArgs({ options });
  for (const name of [...names, "url"])
    if (!values[name]) {
      console.error(`--${name} is missing`);
      process.exit(2);
    }
  await main(values as Record<string, string>);
  process.exit(0);
}

export function load(name: string, pem: string): Promise<Key> {
  return Key.fromPem(name, readFileSync(pem, "utf8"));
}

export function must(condition: boolean, sentence: string, about?: unknown): void {
  if (!condition) throw new Error(`${sentence}: ${JSON.stringify(about)}`);
}

export const httpOf = (url: string): string => url.replace(/^ws/, "http");
