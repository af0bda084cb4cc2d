/** PURE: the board's project, director and notices. */
import { KEPT, type Board } from "../events.gen";
import type { Of } from "./of";

export function onOpened(board: Board, row: Of<"ProjectOpened">): Board {
  const { project, name, repository } = row;
  return { ...board, project: { project, name, repository, prefix: row.prefix ?? "" } };
}

export function onDirector(board: Board, row: Of<"DirectorStarted">): Board {
  const sandbox = { text: row.sandbox, sandboxed: row.sandboxed };
  return { ...board, version: row.version, sandbox, roles: row.roles ?? [] };
}

export function onNotice(board: Board, row: Of<"NoticeRaised">): Board {
  const { position, at, code, message } = row;
  const notice = { position, at, code, message, level: row.level ?? "warning", run: row.run ?? "" } as const;
  return { ...board, notices: [...board.notices, notice].slice(-KEPT.NOTICES) };
}
