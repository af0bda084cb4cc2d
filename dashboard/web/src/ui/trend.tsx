import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { withUnit } from "./format";
import { Empty } from "./panel";

interface TrendProps {
  readonly name: string;
  readonly values: readonly (number | null)[];
  readonly target: number;
  readonly unit: string;
}

const HEIGHT = 200;

/** A trend large enough to read, and the same as a table. */
export default function Trend({ name, values, target, unit }: TrendProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element || values.length === 0) return;
    const plot = draw(element, name, values, target);
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [name, values, target]);
  if (values.length === 0) return <Empty>No checkpoint has measured this gate yet.</Empty>;
  return (
    <>
      <div ref={box} className="trend" aria-hidden="true" />
      <details className="trend-table">
        <summary>The same as a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Checkpoint</th>
              <th scope="col">{name}</th>
            </tr>
          </thead>
          <tbody>
            {values.map((value, index) => (
              <tr key={index}>
                <td className="num">{index + 1}</td>
                <td className="num">{value === null ? "cannot be measured" : withUnit(value, unit)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function draw(element: HTMLElement, name: string, values: readonly (number | null)[], target: number): uPlot {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(name).trim();
  const axis = { stroke: token("--quiet"), grid: { stroke: token("--line"), width: 1 }, ticks: { stroke: token("--line") } };
  const steps = values.map((_, index) => index + 1);
  return new uPlot(
    {
      width: element.clientWidth,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false }, y: { range: (_, low, high) => [Math.min(low, target), Math.max(high, target) || 1] } },
      axes: [{ ...axis, incrs: [1, 2, 5, 10, 20, 50] }, axis],
      series: [
        {},
        { label: name, stroke: token("--accent"), width: 2, points: { show: values.length < 40 } },
        { label: "target", stroke: token("--quiet"), width: 1, dash: [4, 4], points: { show: false } },
      ],
    },
    [steps, [...values], steps.map(() => target)],
    element,
  );
}
