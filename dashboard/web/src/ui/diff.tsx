import { useMemo, useState } from "react";
import { Diff as View, Hunk, parseDiff, type FileData, type HunkData } from "react-diff-view";
import "react-diff-view/style/index.css";
import { visible } from "./format";
import { Empty } from "./panel";

const MOST_LINES = 400;

/** A unified diff, file by file; a long file is cut until the reader asks for the rest. */
export default function Diff({ text: written }: { text: string }) {
  const text = visible(written);
  const files = useMemo(() => parse(text), [text]);
  if (files === null) return <pre className="raw">{text}</pre>;
  if (files.length === 0) return <Empty>The diff is empty.</Empty>;
  return (
    <div className="patch-text">
      {files.map((file, index) => (
        <File key={index} file={file} />
      ))}
    </div>
  );
}

function File({ file }: { file: FileData }) {
  const [whole, setWhole] = useState(false);
  const name = file.type === "delete" ? file.oldPath : file.newPath;
  const lines = file.hunks.reduce((sum, hunk) => sum + hunk.changes.length, 0);
  const hunks = whole ? file.hunks : cut(file.hunks);
  return (
    <figure className="file">
      <figcaption>
        <code>{name}</code>
        {file.type !== "modify" && <span className="quiet">{WORD[file.type]}</span>}
      </figcaption>
      <div className="file-body" tabIndex={0} role="group" aria-label={`Changes of ${name}`}>
        <View viewType="unified" diffType={file.type} hunks={hunks} gutterType="default">
          {(all) => all.flatMap((hunk) => [<tbody key={`head ${hunk.content}`}><tr><td className="hunk-head" colSpan={3}>{hunk.content}</td></tr></tbody>, <Hunk key={hunk.content} hunk={hunk} />])}
        </View>
      </div>
      {!whole && lines > MOST_LINES && (
        <button type="button" onClick={() => setWhole(true)}>
          Show the other {lines - MOST_LINES} lines
        </button>
      )}
    </figure>
  );
}

const WORD: { readonly [type in FileData["type"]]: string } = {
  add: "new file",
  delete: "deleted",
  modify: "",
  rename: "renamed",
  copy: "copied",
};

function parse(text: string): FileData[] | null {
  try {
    return parseDiff(headed(text), { nearbySequences: "zip" });
  } catch {
    return null;
  }
}

/** The parser takes the names from git's own header; a bare unified diff gets one. */
function headed(text: string): string {
  if (/^diff --git /m.test(text)) return text;
  return text.replace(/^--- (?:a\/)?(.+)\n\+\+\+ (?:b\/)?(.+)$/gm, (whole, before: string, after: string) => {
    const [was, is] = [before === "/dev/null" ? after : before, after === "/dev/null" ? before : after];
    return `diff --git a/${was} b/${is}\n${whole}`;
  });
}

function cut(hunks: readonly HunkData[]): HunkData[] {
  let room = MOST_LINES;
  const kept: HunkData[] = [];
  for (const hunk of hunks) {
    if (room <= 0) break;
    kept.push(hunk.changes.length <= room ? hunk : { ...hunk, changes: hunk.changes.slice(0, room) });
    room -= hunk.changes.length;
  }
  return kept;
}
