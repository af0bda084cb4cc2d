interface SparkProps {
  readonly values: readonly (number | null)[];
  readonly target: number;
  readonly met: boolean;
}

const WIDTH = 96;
const HEIGHT = 26;
const PAD = 3;

/** A trend in the size of a word; the line it should reach is dashed. */
export function Spark({ values, target, met }: SparkProps) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true" />;
  const low = Math.min(target, ...known);
  const high = Math.max(target, ...known);
  const y = (value: number) => HEIGHT - PAD - ((value - low) / (high - low || 1)) * (HEIGHT - 2 * PAD);
  const x = (index: number) => (values.length === 1 ? WIDTH - PAD : PAD + (index / (values.length - 1)) * (WIDTH - 2 * PAD));
  const points = values.flatMap((value, index) => (value === null ? [] : [`${x(index).toFixed(1)},${y(value).toFixed(1)}`]));
  const [lastX, lastY] = (points.at(-1) ?? "0,0").split(",");
  return (
    <svg className="spark" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" data-met={met}>
      <line className="spark-target" x1="0" x2={WIDTH} y1={y(target)} y2={y(target)} />
      <polyline points={points.join(" ")} />
      <circle cx={lastX} cy={lastY} r="2" />
    </svg>
  );
}
