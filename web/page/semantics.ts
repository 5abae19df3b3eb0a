/** The tree of roles, names and states that the interface gives beside its pixels: shell/semantics.hpp. */

export type Role =
  | "navigation"
  | "main"
  | "region"
  | "form"
  | "dialog"
  | "list"
  | "list_item"
  | "listbox"
  | "tablist"
  | "radio_group"
  | "log"
  | "group"
  | "button"
  | "toggle"
  | "link"
  | "text_field"
  | "file"
  | "switch"
  | "checkbox"
  | "radio"
  | "slider"
  | "option"
  | "tab"
  | "heading"
  | "text"
  | "image"
  | "meter"
  | "timer"
  | "status"
  | "alert";

export const flag = {
  disabled: 1 << 0,
  checked: 1 << 1,
  selected: 1 << 2,
  expanded: 1 << 3,
  collapsed: 1 << 4,
  pressed: 1 << 5,
  multiline: 1 << 6,
  password: 1 << 7,
  invalid: 1 << 8,
  rightToLeft: 1 << 9,
  submit: 1 << 10,
  modal: 1 << 11,
  selectable: 1 << 12,
} as const;

export interface SemanticNode {
  id: number;
  role: Role;
  parent: number;
  label: string;
  value: string;
  description: string;
  hint: string;
  autocomplete: string;
  flags: number;
  /** Left, top, right, bottom; device pixels. */
  rect: readonly [number, number, number, number];
  /** Device pixels. */
  textPx: number;
  /** Of a slider or meter. */
  range: { low: number; high: number; now: number; step: number };
  /** In its list, from 1; 0: unknown. */
  position: number;
  count: number;
  level: number;
}

/** One node as it comes: the members in their order, trailing ones that have their default left out. */
export type NodeRow = [
  id: number,
  role: Role,
  parent: number,
  label?: string,
  value?: string,
  description?: string,
  hint?: string,
  autocomplete?: string,
  flags?: number,
  rect?: [number, number, number, number],
  textPx?: number,
  range?: [number, number, number, number],
  position?: number,
  count?: number,
  level?: number,
];

/** Embeddings, overrides and isolates of direction: the picture leaves them out, and somebody else's name must not turn around what follows it. */
const turning = /[\u202A-\u202E\u2066-\u2069]/g;
export const withoutTurning = (text: string): string => text.replace(turning, "");

export function readNode(row: NodeRow): SemanticNode {
  const [id, role, parent, ...texts] = row;
  // A field's text is its writer's own, an address is not read.
  const plain = (at: 0 | 1 | 2 | 3): string => withoutTurning(texts[at] ?? "");
  const [label, description] = [plain(0), plain(2)];
  const value = role === "text_field" ? (texts[1] ?? "") : plain(1);
  const hint = role === "link" ? (texts[3] ?? "") : plain(3);
  const autocomplete = texts[4] ?? "";
  const [low = 0, high = 0, now = 0, step = 0] = row[11] ?? [];
  return {
    ...{ id, role, parent, label, value, description, hint, autocomplete },
    flags: row[8] ?? 0,
    rect: row[9] ?? [0, 0, 0, 0],
    textPx: row[10] ?? 0,
    range: { low, high, now, step },
    position: row[12] ?? 0,
    count: row[13] ?? 0,
    level: row[14] ?? 0,
  };
}

export const has = (node: SemanticNode, one: keyof typeof flag): boolean => (node.flags & flag[one]) !== 0;
