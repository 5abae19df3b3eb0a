/** A key with what is held: "Ctrl+K", "Alt+1", "F8", "Escape", "?". */

export interface Stroke {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  metaKey: boolean;
  /** The key of AltGr types characters: it is no shortcut. */
  altGraph: boolean;
}

const modifiers: ReadonlySet<string> = new Set(["Control", "Alt", "Shift", "Meta", "AltGraph", "CapsLock", "NumLock", "Dead", "Process", "Unidentified"]);

/** @param mac  ⌘ stands for Ctrl. @returns undefined for what is no chord. */
export function chordOf(stroke: Stroke, mac: boolean): string | undefined {
  if (modifiers.has(stroke.key) || stroke.altGraph) return undefined;
  const ctrl = stroke.ctrlKey || (mac && stroke.metaKey);
  if (stroke.metaKey && !mac) return undefined;
  const printable = [...stroke.key].length === 1;
  let key = stroke.key === " " ? "Space" : stroke.key;
  if (printable && (ctrl || stroke.altKey)) {
    // What another alphabet or Option makes of the key does not matter, its place does.
    if (!/^[a-z0-9]$/i.test(key)) key = /^(?:Key|Digit)(\w)$/.exec(stroke.code)?.[1] ?? key;
    key = key.toUpperCase();
  }
  const shift = stroke.shiftKey && !(printable && !ctrl && !stroke.altKey);
  return [ctrl && "Ctrl", stroke.altKey && "Alt", shift && "Shift", key].filter(Boolean).join("+");
}

/** The interface's own shortcuts: the browser does not get them. */
export function isOwn(chord: string): boolean {
  return /^(Ctrl\+K|Alt\+[1-9]|F6|F8|F9|Shift\+F10|Ctrl\+Shift\+[MHXEDF]|Ctrl\+Enter)$/.test(chord);
}

/**
 * Whether the interface hears of a chord that was struck in a text field: what types and edits belongs to the field.
 * @param empty  nothing stands in it: there is no line above the caret
 */
export function leavesField(chord: string, multiline: boolean, empty: boolean): boolean {
  return isOwn(chord) || (chord === "ArrowUp" && empty) || chord === "Escape" || chord === "Enter" || (!multiline && /^(Shift\+Enter|ArrowUp|ArrowDown)$/.test(chord)) || /^(F\d+|Shift\+F\d+)$/.test(chord);
}
