// One plan has one measurement, and a row whose samples differ too much says so.
import { expect, it } from "vitest";
import { oncePerMethod } from "../../bench/together.ts";
import { formatSpread, uncertainNotes } from "../../bench/uncertain.ts";

it("measures a plan once, whatever it was asked for by", async () => {
  const methods = [
    { algorithm: "winograd", variant: "f4x3" },
    { algorithm: "direct", variant: "4x1" },
    { algorithm: "winograd", variant: "f2x3" },
    { algorithm: "winograd", variant: "f4x3" },
  ];
  const asked: string[] = [];
  const measured = await oncePerMethod(methods, async (distinct) =>
    distinct.map(({ algorithm, variant }) => {
      asked.push(`${algorithm} ${variant}`);
      return { seconds: asked.length };
    }),
  );
  expect(asked).toEqual(["winograd f4x3", "direct 4x1", "winograd f2x3"]);
  expect(measured.map(({ seconds }) => seconds)).toEqual([1, 2, 3, 1]);
  expect(measured[3]).toBe(measured[0]);
});

it("marks what is uncertain", () => {
  expect(formatSpread([10, 11, 10])).toBe("10.0 %");
  expect(formatSpread([10, 12, 10])).toBe("20.0 % !");
  expect(formatSpread([10])).toBe("-");
  expect(
    uncertainNotes([{ name: "L1", samples: [10, 11, 10] }, { name: "L2", samples: [10, 12, 10] }, { name: "L3" }]),
  ).toEqual(["uncertain: L2: its samples differ by 20.0 %, measured three times"]);
});
