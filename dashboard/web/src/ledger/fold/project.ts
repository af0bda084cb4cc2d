/** PURE: the board's project, director, roles and notices. */
import { KEPT, type Board, type RoleCard } from "../events.gen";
import { clip } from "./clip";
import type { Of } from "./of";

export function onOpened(board: Board, row: Of<"ProjectOpened">): Board {
  const { project, name, repository } = row;
  return { ...board, project: { project, name, repository, prefix: row.prefix ?? "" } };
}

export function onDirector(board: Board, row: Of<"DirectorStarted">): Board {
  const sandbox = { text: row.sandbox, sandboxed: row.sandboxed };
  const roles = (row.roles ?? []).slice(0, KEPT.ROLES_KEPT).map(clipped);
  return staffed({ ...board, version: row.version, sandbox, roles });
}

export function onRole(board: Board, row: Of<"RoleChanged">): Board {
  return staffed({ ...board, role_states: { ...board.role_states, [row.role]: row.state } });
}

/** Only the roles there are stand in a state. */
function staffed(board: Board): Board {
  return { ...board, role_states: Object.fromEntries(board.roles.map(({ name }) => [name, board.role_states[name] ?? "working"])) };
}

/** What stands at its default is left out, as in the snapshot. */
function clipped(card: RoleCard): RoleCard {
  const { why_not } = card;
  return { ...card, charge: clip(card.charge), ...(why_not === undefined ? {} : { why_not: clip(why_not) }) };
}

export function onNotice(board: Board, row: Of<"NoticeRaised">): Board {
  const { position, at, code, message } = row;
  const notice = { position, at, code, message, level: row.level ?? "warning", run: row.run ?? "" } as const;
  return { ...board, notices: [...board.notices, notice].slice(-KEPT.NOTICES) };
}
