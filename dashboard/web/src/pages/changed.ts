/** PURE: what a call of a writing tool changes, as a unified diff, as far as its words tell. */

interface Edit {
  readonly path: string;
  readonly old: string;
  readonly new: string;
}

const OLD = ["old", "old_text", "old_string", "search", "before"] as const;
const NEW = ["new", "new_text", "new_string", "replace", "replacement", "after"] as const;
/** All of a file: what stood there before is not told. */
const WHOLE = ["content"] as const;

/** The diff a result speaks of, else the one its arguments describe; empty when neither says. */
export function changeOf(given: string, result: string): string {
  return diffIn(result) || editsIn(given).map(unified).join("") || diffIn(textOf(objectIn(given) ?? {}, ["text", "diff", "patch"]) ?? "");
}

function diffIn(text: string): string {
  const found = /^(?:diff --git .*\n(?:.*\n)*?)?--- .+\n\+\+\+ .+\n@@ /m.exec(text);
  return found ? text.slice(found.index) : "";
}

function editsIn(given: string): readonly Edit[] {
  const parsed = objectIn(given);
  if (parsed === null) return [];
  const many = parsed.edits ?? parsed.changes;
  const path = textOf(parsed, ["path", "file"]) ?? "";
  const parts = [parsed, ...(Array.isArray(many) ? many.filter(isObject) : [])];
  return parts.flatMap((part) => {
    const after = textOf(part, NEW) ?? textOf(part, WHOLE);
    const of = textOf(part, ["path", "file"]) || path;
    return of === "" || after === undefined ? [] : [{ path: of, old: textOf(part, OLD) ?? "", new: after }];
  });
}

/** The object a text of JSON holds, null when it holds none. */
export function objectIn(text: string): { readonly [name: string]: unknown } | null {
  try {
    const parsed: unknown = JSON.parse(text);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

/** JSON as people read it; what is no JSON stays as it was written. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(part: { readonly [name: string]: unknown }, names: readonly string[]): string | undefined {
  const found = names.map((name) => part[name]).find((value) => typeof value === "string");
  return typeof found === "string" ? found : undefined;
}

function unified({ path, old, new: after }: Edit): string {
  const gone = linesOf(old);
  const come = linesOf(after);
  const lines = [...gone.map((line) => `-${line}`), ...come.map((line) => `+${line}`)];
  if (lines.length === 0) return "";
  const at = gone.length === 0 ? "0,0" : `1,${gone.length}`;
  return `--- a/${path}\n+++ b/${path}\n@@ -${at} +1,${come.length} @@\n${lines.join("\n")}\n`;
}

function linesOf(text: string): readonly string[] {
  return text === "" ? [] : text.replace(/\n$/, "").split("\n");
}
