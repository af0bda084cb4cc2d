/** PURE: what the gates of a run are, and what is read of them. */
import type { Checkpoint, GateCard, GateSpec, Measured, Reading } from "../events.gen";

type Values = { readonly [gate: string]: number | null };
type Gates = readonly GateCard[];

export function gateOf(spec: GateSpec): GateCard {
  const { name, better, target, tolerance } = spec;
  const asked = { name, better, target, tolerance, unit: spec.unit ?? "", ratchet: spec.ratchet ?? false };
  return { ...asked, before: null, value: null, met: false, measured: false, detail: "", tool: "", findings: 0, trend: [] };
}

export function read(gates: Gates, readings: readonly Reading[]): Gates {
  return gates.map((gate) => {
    const reading = readings.findLast((one) => one.gate === gate.name);
    if (reading === undefined) return gate;
    const findings = (reading.findings?.length ?? 0) + (reading.more ?? 0);
    return { ...valued(gate, reading.value), detail: reading.detail ?? "", tool: reading.tool ?? "", findings };
  });
}

export function fromMeasured(gates: Gates, values: readonly Measured[]): Gates {
  return gates.map((gate) => {
    const one = values.findLast((value) => value.gate === gate.name);
    return one === undefined ? gate : { ...valued(gate, one.value), detail: one.detail, findings: one.findings };
  });
}

/** Bare values, as a checkpoint remembers them. */
export function atValues(gates: Gates, values: Values): Gates {
  return gates.map((gate) => {
    const value = values[gate.name];
    return value === undefined ? gate : { ...valued(gate, value), detail: "" };
  });
}

/** One value per checkpoint that knows the gate. */
export function trends(gates: Gates, checkpoints: readonly Checkpoint[]): Gates {
  return gates.map((gate) => ({
    ...gate,
    trend: checkpoints.map((point) => point.gates[gate.name]).filter((value) => value !== undefined),
  }));
}

export function valuesOf(gates: Gates): Values {
  return Object.fromEntries(gates.filter((gate) => gate.measured).map((gate) => [gate.name, gate.value]));
}

function valued(gate: GateCard, value: number | null): GateCard {
  const met = value !== null && (gate.better === "higher" ? value >= gate.target : value <= gate.target);
  return { ...gate, value, met, measured: true };
}
