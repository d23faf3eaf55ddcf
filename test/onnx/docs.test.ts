// docs/models.md lists the operators and attributes that are served.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { operatorsFor } from "../../src/onnx/operators/index.ts";

test("docs/models.md lists every operator with its attributes", async () => {
  const [, text] = /\n### Operators\n([^]*?)(?:\n#|$)/.exec(readFileSync("docs/models.md", "utf8"))!;
  const rows = [...text!.matchAll(/^\| `([A-Z]\w+)` \| (.*?) \|/gm)].map(
    ([, name, attributes]) => `${name}: ${attributes}`,
  );
  const served = [...(await operatorsFor(["all"]))].map(
    ([name, { attributes }]) =>
      `${name}: ${Object.keys(attributes)
        .map((key) => `\`${key}\``)
        .join(", ")}`,
  );
  expect(rows.toSorted()).toEqual(served.toSorted());
});
