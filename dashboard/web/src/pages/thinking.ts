/** PURE: one line for each kind of event of thinking: calls, tools, goals, approvals, what is asked from outside. */
import type { Row } from "../ledger/row";
import { duration, money, plural, short } from "../ui/format";
import type { Line } from "./words";

export function ofThinking(row: Row): Line | null {
  return ofConversation(row) ?? ofGoal(row) ?? ofApproval(row) ?? ofWork(row);
}

function ofConversation(row: Row): Line | null {
  switch (row.kind) {
    case "CallStarted":
      return { text: `${row.attempt} asks ${row.model}${row.purpose ? ` to ${row.purpose}` : ""}`, tone: "busy" };
    case "CallFinished":
      return { text: `${row.attempt} ${row.model ?? ""} ${tokens(row.tokens_in, row.tokens_out)}, ${price(row.cost ?? null)}${paid(row.source)}` };
    case "CallFailed": {
      const next = row.fallback ? `, ${row.fallback} is asked instead` : row.retry_at ? `, again in ${duration(row.retry_at - row.at)}` : "";
      return { text: `${row.attempt} ${row.model} ${plain(row.fault)}: ${row.why}${next}`, tone: "warn" };
    }
    case "ToolAsked":
      return { text: `${row.attempt} wants ${row.tool}, ${row.risk ? `risk ${row.risk}` : "risk unknown"}${row.waits ? ", a person must answer" : ""}` };
    case "ToolVetoed":
      return { text: `${row.attempt} ${row.tool} refused by ${row.stage}: ${row.why}`, tone: "warn" };
    case "ToolFinished":
      return { text: `${row.attempt} ${row.tool} ${row.summary || (row.success ? "done" : "failed")}`, ...(row.success ? {} : { tone: "warn" as const }) };
    case "NudgeGiven":
      return { text: `${row.attempt} went in circles (${row.pattern}): ${row.told}`, tone: "warn" };
    case "ConversationCondensed":
      return { text: `${row.attempt} from about ${short(row.before)} tokens to ${short(row.after)}, by ${row.how}` };
    case "MessageSent":
      return { text: `${row.sender} to ${row.recipient}: ${row.type}` };
    case "AttemptCosted":
      return { text: `${row.attempt} ${plural(row.calls, "call")}, ${short(row.tokens)} tokens, ${summed(row.cost, row.unknown)}` };
    case "CostForecast":
      return { text: `${money(row.low)} to ${money(row.high)} still to be spent, likely ${money(row.likely)}` };
    case "RunCosted":
      return { text: `${row.run} ${plural(row.calls, "call")}, ${short(row.tokens)} tokens, ${summed(row.cost, row.unknown)}` };
    default:
      return null;
  }
}

function ofGoal(row: Row): Line | null {
  switch (row.kind) {
    case "FactsGathered":
      return { text: row.summary };
    case "PlanMade":
      return { text: `${plural(row.steps.length, "step")}: ${row.steps.map((step) => step.title).join("; ")}` };
    case "AcceptanceWritten":
      return { text: `${plural(row.tests.length, "test")} for step ${row.step}${row.why ? `, failing now: ${row.why}` : ""}` };
    case "OpinionGiven":
      return { text: `${row.model} on step ${row.step}: ${row.opinion}`, tone: row.satisfied ? "good" : "warn" };
    case "BudgetExhausted":
      return { text: `${row.what} of the ${row.scope} ${row.subject ?? ""}: ${row.limit} does not hold another call`, tone: "warn" };
    default:
      return null;
  }
}

function ofApproval(row: Row): Line | null {
  switch (row.kind) {
    case "ApprovalRequested":
      return { text: `${row.attempt} ${row.shown}, risk ${row.risk}`, tone: "warn" };
    case "ApprovalGranted":
      return { text: `${row.approval} by ${row.by}${row.whole_run ? ", for the rest of the run" : ""}`, tone: "good" };
    case "ApprovalDenied":
      return { text: `${row.approval} ${row.by ? `by ${row.by}` : "expired"}${row.why ? `: ${row.why}` : ""}`, tone: "bad" };
    case "ApproveRequested":
      return { text: `approve ${row.approval}${row.arguments ? " with other arguments" : ""}${by(row.by)}` };
    case "DenyRequested":
      return { text: `deny ${row.approval}${row.why ? `: ${row.why}` : ""}${by(row.by)}` };
    default:
      return null;
  }
}

function ofWork(row: Row): Line | null {
  switch (row.kind) {
    case "TaskRequested":
      return { text: `the ${row.role}: ${row.text}${by(row.by)}` };
    case "TaskTaken":
      return { text: `the ${row.role}: ${row.text}`, tone: "busy" };
    case "TaskAnswered":
      return { text: row.why || (row.attempt ? `by ${row.attempt}` : row.state), tone: row.state === "done" ? "good" : "bad" };
    case "ToolsOffered":
      return { text: row.tools.map((tool) => tool.name).join(", ") };
    case "ToolRequested":
      return { text: `${row.tool}${by(row.by)}` };
    case "ToolAnswered":
      return { text: row.summary || (row.success ? "done" : "failed"), tone: row.success ? "good" : "warn" };
    case "RoleRequested":
      return { text: `${row.what} the ${row.role}${by(row.by)}` };
    case "RoleChanged":
      return { text: `the ${row.role} is ${row.state}`, tone: row.state === "working" ? "good" : "warn" };
    case "ContextSet":
      return { text: `${row.key}${row.session ? ` of ${row.session}` : ""}${by(row.by)}` };
    case "ContextDeleted":
      return { text: `${row.key}${row.session ? ` of ${row.session}` : ""}${by(row.by)}` };
    case "SessionDeleted":
      return { text: `${row.session}${by(row.by)}` };
    case "KeyCreated":
      return { text: `${row.name} (${row.key}): ${row.scopes.join(", ")}${by(row.by)}` };
    case "KeyUsed":
    case "KeyRevoked":
      return { text: row.key };
    default:
      return null;
  }
}

function tokens(into: number | undefined, out: number | undefined): string {
  return `${short(into ?? 0)} tokens in, ${short(out ?? 0)} out`;
}

function price(cost: number | null): string {
  return cost === null ? "unknown price" : money(cost);
}

function paid(source: string | undefined): string {
  return source === undefined || source === "model" ? "" : source === "cache" ? ", from the ledger" : ", replayed";
}

function summed(cost: number, unknown: number | undefined): string {
  return unknown ? `${money(cost)} and ${plural(unknown, "call")} of unknown price` : money(cost);
}

function plain(word: string): string {
  return word.replace(/_/g, " ");
}

function by(who: string | undefined): string {
  return who ? `, asked by ${who}` : "";
}
