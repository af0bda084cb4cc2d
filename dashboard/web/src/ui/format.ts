/** PURE: numbers, durations and times as people read them. */

export function number(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) >= 100 ? 0 : 1 });
}

export function withUnit(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return "–";
  return `${number(value)} ${unit.trim()}`.trim();
}

export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** When it was: the time of day, and of another day than today the day as well. */
export function clock(at: number, now = Date.now()): string {
  const when = new Date(at * 1000);
  if (when.toDateString() === new Date(now).toDateString()) return when.toLocaleTimeString("en-GB");
  const month = when.toLocaleDateString("en-GB", { month: "short" }).slice(0, 3);
  return `${when.getDate()} ${month} ${when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`;
}

export function absolute(at: number): string {
  return new Date(at * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "medium" });
}

const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** What somebody wrote as it is carried out: what cannot be seen, or turns the direction of writing, as its code. */
export function visible(text: string): string {
  return text.replace(UNSEEN, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Large counts in few letters: 1,234 as 1.2k. */
export function short(count: number): string {
  return count.toLocaleString("en", { notation: "compact", maximumFractionDigits: 1 });
}

/** What calls cost; an unknown price is never said to be nothing. */
export function spent(usd: number, unpriced: number): string {
  if (unpriced === 0) return money(usd);
  return usd === 0 ? "unknown price" : `at least ${money(usd)}`;
}

export function size(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : bytes < 1_000_000 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

export function money(usd: number): string {
  return `${usd.toFixed(usd !== 0 && usd < 0.01 ? 4 : 2)} USD`;
}
