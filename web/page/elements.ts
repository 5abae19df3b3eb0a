import { has, type Role, type SemanticNode } from "./semantics.ts";

/** Which element stands for which role, and how it says what the node says. */

const tags: Partial<Record<Role, string>> = {
  navigation: "nav",
  main: "main",
  region: "section",
  form: "form",
  text: "p",
};
const ariaRoles: Partial<Record<Role, string>> = {
  dialog: "dialog",
  list: "list",
  list_item: "listitem",
  listbox: "listbox",
  tablist: "tablist",
  radio_group: "radiogroup",
  log: "log",
  group: "group",
  switch: "switch",
  checkbox: "checkbox",
  radio: "radio",
  option: "option",
  tab: "tab",
  image: "img",
  meter: "meter",
  timer: "timer",
  status: "status",
  alert: "alert",
};
const buttons: ReadonlySet<Role> = new Set(["button", "toggle", "switch", "checkbox", "radio", "tab"]);
const containers: ReadonlySet<Role> = new Set([
  ...(["navigation", "main", "region", "form", "dialog", "list", "list_item", "listbox", "tablist", "radio_group", "log", "group"] as const),
]);
/** Their name is not their text. */
const namedByLabel: ReadonlySet<Role> = new Set([...containers, "image", "meter", "slider", "text_field", "file"] as const);
/** What scrolls: rows that are seen in part must not lie over their neighbours. */
const clipping: ReadonlySet<Role> = new Set(["list", "listbox", "log"]);
export const roving: Partial<Record<Role, Role>> = { list: "list_item", listbox: "option", tablist: "tab", radio_group: "radio" };
const pressable: ReadonlySet<Role> = new Set([...buttons, "option", "list_item", "link"] as const);

export type Field = HTMLInputElement | HTMLTextAreaElement;
export const isField = (element: unknown): element is Field =>
  (element instanceof HTMLInputElement && element.type !== "range" && element.type !== "file") || element instanceof HTMLTextAreaElement;
export const isFile = (element: unknown): element is HTMLInputElement => element instanceof HTMLInputElement && element.type === "file";
export const isSlider = (element: unknown): element is HTMLInputElement => element instanceof HTMLInputElement && element.type === "range";

/** Two nodes of one key can share an element: its kind never changes. */
export function kindOf(node: SemanticNode): string {
  if (node.role === "text_field") return has(node, "multiline") ? "textarea" : "input";
  if (node.role === "heading") return `h${Math.min(6, Math.max(1, node.level))}`;
  return node.role === "link" && node.hint === "" ? "button-link" : node.role;
}

export function makeElement(node: SemanticNode): HTMLElement {
  const kind = kindOf(node);
  const element = document.createElement(tagOf(node.role, kind));
  const role = kind === "button-link" ? "link" : ariaRoles[node.role];
  if (role !== undefined) element.setAttribute("role", role);
  element.dataset["node"] = String(node.id);
  element.dataset["role"] = node.role;
  if (element instanceof HTMLFormElement) element.noValidate = true;
  if (element instanceof HTMLInputElement && node.role === "slider") element.type = "range";
  if (element instanceof HTMLInputElement && node.role === "file") element.type = "file";
  if (isField(element)) {
    element.spellcheck = element instanceof HTMLTextAreaElement;
    element.setAttribute("autocapitalize", "off");
  }
  if (element instanceof HTMLAnchorElement) {
    element.target = "_blank";
    element.rel = "noopener noreferrer";
  }
  element.classList.add("node");
  if (clipping.has(node.role)) element.classList.add("clips");
  if (pressable.has(node.role)) element.classList.add("pressable");
  return element;
}

function tagOf(role: Role, kind: string): string {
  if (buttons.has(role) || kind === "button-link") return "button";
  if (role === "link") return "a";
  if (role === "slider" || role === "file") return "input";
  if (role === "text_field" || role === "heading") return kind;
  return tags[role] ?? "div";
}

/** Everything but place, children and a field's text. */
export function describe(element: HTMLElement, node: SemanticNode, leaf: boolean): void {
  const { role } = node;
  attribute(element, "aria-label", namedByLabel.has(role) ? node.label : "");
  attribute(element, "aria-description", node.description);
  attribute(element, "aria-setsize", node.count > 0 ? String(node.count) : "");
  attribute(element, "aria-posinset", node.position > 0 ? String(node.position) : "");
  attribute(element, "aria-invalid", has(node, "invalid") ? "true" : "");
  attribute(element, "aria-expanded", has(node, "expanded") ? "true" : has(node, "collapsed") ? "false" : "");
  // Text of people has its own direction in an interface of either.
  const direction = has(node, "rightToLeft") ? "rtl" : isField(element) || has(node, "selectable") ? "ltr" : "";
  attribute(element, "dir", direction === document.documentElement.dir ? "" : direction);
  element.classList.toggle("selectable", has(node, "selectable"));
  describeState(element, node);
  if (isField(element)) describeField(element, node);
  else if (isSlider(element)) describeSlider(element, node);
  else if (isFile(element)) attribute(element, "accept", node.hint);
  else if ((role === "list_item" && leaf) || !containers.has(role)) setText(element, role === "image" ? "" : node.value !== "" && role !== "meter" ? node.value : node.label);
  if (element instanceof HTMLAnchorElement) element.href = safeAddress(node.hint);
}

function describeState(element: HTMLElement, node: SemanticNode): void {
  const { role } = node;
  const yes = (on: boolean): string => String(on);
  const chosen = has(node, "selected");
  if (role === "toggle") attribute(element, "aria-pressed", yes(has(node, "pressed")));
  if (role === "switch" || role === "checkbox" || role === "radio") attribute(element, "aria-checked", yes(has(node, "checked")));
  if (role === "option" || role === "tab") attribute(element, "aria-selected", yes(chosen));
  else attribute(element, "aria-current", chosen ? (role === "button" || role === "link" ? "page" : "true") : "");
  if (role === "dialog") attribute(element, "aria-modal", has(node, "modal") ? "true" : "");
  if (role === "tablist") attribute(element, "aria-orientation", "horizontal");
  if (role === "meter") {
    attribute(element, "aria-valuemin", String(node.range.low));
    attribute(element, "aria-valuemax", String(node.range.high));
    attribute(element, "aria-valuenow", String(node.range.now));
    attribute(element, "aria-valuetext", node.value);
  }
  if (element instanceof HTMLButtonElement) {
    element.type = has(node, "submit") ? "submit" : "button";
    element.disabled = has(node, "disabled");
  } else if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) element.disabled = has(node, "disabled");
  else attribute(element, "aria-disabled", has(node, "disabled") ? "true" : "");
  if ((role === "option" || role === "list_item") && !element.hasAttribute("tabindex")) element.tabIndex = -1;
}

function describeField(field: Field, node: SemanticNode): void {
  if (field instanceof HTMLInputElement) {
    const type = has(node, "password") ? "password" : node.autocomplete === "tel" ? "tel" : "text";
    if (field.type !== type) field.type = type;
  }
  if (field.placeholder !== node.hint) field.placeholder = node.hint;
  attribute(field, "autocomplete", node.autocomplete === "" ? "off" : node.autocomplete);
  // Password managers look at names.
  attribute(field, "name", node.autocomplete.split(" ").at(-1) ?? "");
}

function describeSlider(slider: HTMLInputElement, node: SemanticNode): void {
  const { low, high, now, step } = node.range;
  slider.min = String(low);
  slider.max = String(high);
  slider.step = step > 0 ? String(step) : "any";
  if (Number(slider.value) !== now) slider.value = String(now);
  attribute(slider, "aria-valuetext", node.value);
}

/** Its own text alone: elements that live below stay. */
function setText(element: HTMLElement, text: string): void {
  const first = element.firstChild;
  if (first instanceof Text) {
    if (first.data !== text) first.data = text;
  } else if (text !== "") element.prepend(text);
}

/** An address of a message is somebody else's: it may not run anything here. */
export function safeAddress(address: string): string {
  return /^(https?:|mailto:|tel:|sip:)/i.test(address) ? address : "about:blank";
}

function attribute(element: Element, name: string, value: string): void {
  if (value === "") element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Over its pixels. @param origin  left and top of what it lies in, device pixels. */
export function place(element: HTMLElement, node: SemanticNode, origin: readonly [number, number], scale: number): void {
  const [left, top, right, bottom] = node.rect;
  const height = bottom - top;
  setLength(element, "left", (left - origin[0]) / scale);
  setLength(element, "top", (top - origin[1]) / scale);
  setLength(element, "width", Math.max(0, right - left) / scale);
  setLength(element, "height", Math.max(0, height) / scale);
  if (node.textPx <= 0) return;
  setLength(element, "fontSize", node.textPx / scale);
  const lines = Math.max(1, Math.floor(height / (node.textPx * 1.25)));
  element.classList.toggle("lines", lines > 1);
  if (!isField(element)) setLength(element, "lineHeight", height / lines / scale);
}

const lengths = new WeakMap<HTMLElement, Partial<Record<Length, number>>>();
type Length = "left" | "top" | "width" | "height" | "fontSize" | "lineHeight";

/** In CSS pixels. Even the same again would be parsed, and most of a row's lengths stay when it moves. */
function setLength(element: HTMLElement, name: Length, pixels: number): void {
  let known = lengths.get(element);
  if (!known) lengths.set(element, (known = {}));
  if (known[name] === pixels) return;
  known[name] = pixels;
  element.style[name] = `${pixels}px`;
}
