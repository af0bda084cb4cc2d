/** PURE: the board's project, director, roles and notices. */
import { KEPT, type Board, type Role, type RoleCard } from "../events.gen";
import { clip } from "./clip";
import type { Of } from "./of";

export function onOpened(board: Board, row: Of<"ProjectOpened">): Board {
  const { project, name, repository } = row;
  return { ...board, project: { project, name, repository, prefix: row.prefix ?? "" } };
}

export function onDirector(board: Board, row: Of<"DirectorStarted">): Board {
  const sandbox = { text: row.sandbox, sandboxed: row.sandboxed };
  const roles = (row.roles ?? []).slice(0, KEPT.ROLES_KEPT).map((card) => role(card, board.roles.find((known) => known.name === card.name)));
  return { ...board, version: row.version, sandbox, roles };
}

export function onRole(board: Board, row: Of<"RoleChanged">): Board {
  return { ...board, roles: board.roles.map((known) => (known.name === row.role ? { ...known, state: row.state } : known)) };
}

function role(card: RoleCard, before: Role | undefined): Role {
  return {
    name: card.name,
    charge: clip(card.charge),
    brain: card.brain ?? "classical",
    inputs: card.inputs ?? [],
    outputs: card.outputs ?? [],
    needs: card.needs ?? [],
    tools: card.tools ?? [],
    aliases: card.aliases ?? [],
    available: card.available ?? true,
    why_not: clip(card.why_not ?? ""),
    state: before?.state ?? "working",
  };
}

export function onNotice(board: Board, row: Of<"NoticeRaised">): Board {
  const { position, at, code, message } = row;
  const notice = { position, at, code, message, level: row.level ?? "warning", run: row.run ?? "" } as const;
  return { ...board, notices: [...board.notices, notice].slice(-KEPT.NOTICES) };
}
