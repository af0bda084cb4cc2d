import { useState } from "react";
import { Dialog } from "../ui/dialog";
import { lettersOn, setLetters } from "../ui/keys";

const KEYS: readonly (readonly [string, string])[] = [
  ["?", "these shortcuts"],
  ["j  k", "next and previous in the list"],
  ["Enter", "open what is chosen"],
  ["Esc", "close, or leave what is open"],
  ["Home  End", "oldest and newest"],
  ["/", "search the events"],
  ["l", "follow the newest event"],
  ["t", "light, dark, or as the system"],
  ["a  u  e  d", "in approvals: to approve, for this run, to edit, to deny"],
  ["g n", "now"],
  ["g a", "approvals"],
  ["g g", "goal"],
  ["g e", "events"],
  ["g i", "iterations"],
  ["g p", "patches"],
  ["g v", "conversations"],
  ["g s", "costs"],
  ["g r", "agents"],
  ["g c", "checkpoints"],
  ["g x", "errors"],
  ["g o", "notices"],
];

export function Help({ onClose }: { onClose: () => void }) {
  const [on, setOn] = useState(lettersOn);
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <div key={keys}>
            <dt>
              {keys.split(" ").filter(Boolean).map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            setLetters(event.target.checked);
            setOn(event.target.checked);
          }}
        />
        Single-letter shortcuts
      </label>
    </Dialog>
  );
}
