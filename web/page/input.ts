import { chordOf, isOwn, leavesField } from "./chords.ts";
import { isField } from "./elements.ts";
import { FingerTrack, Fling } from "./fling.ts";
import type { Frames } from "./frame.ts";
import { itemsOf, listOf, type Mirror } from "./mirror.ts";
import { portraitOf } from "./portraits.ts";
import type { Shell } from "./shell.ts";

interface Parts {
  shell: Shell;
  frames: Frames;
  mirror: () => Mirror;
}

const dragSlopPx = 8;
/** After the last turn of the wheel or step of a finger. */
export const scrollingMs = 60;
/** Nobody has done anything in the window for so long: who looks at it now does so from time to time. */
export const restMs = 60_000;

/** Pointer, wheel, fingers and keys on their way into the interface; presses and text come through the mirror alone. */
export class Input {
  #parts: Parts;
  #texts = new Map<number, string>();
  #keyboard = false;
  #focus = 0;
  #finger: { id: number; y: number; dragging: boolean; track: FingerTrack } | undefined;
  #fling: Fling | undefined;
  /** F6 at the last pane was the browser's. */
  #browserHasF6 = false;
  #pointer: readonly [number, number] = [-1, -1];
  #scrolledAt = -Infinity;
  #touchedAt = performance.now();
  #rest: ReturnType<typeof setTimeout> | undefined;
  /** An arrow that was struck in a list: the interface moves the focus, or leaves that to the page. */
  #arrow: { item: HTMLElement; chord: string } | undefined;
  /** Where an arrow wants to go that was not there yet. */
  #step: { list: HTMLElement; position: number } | undefined;
  #mac = /Mac|iPhone|iPad/.test(navigator.platform);

  constructor(parts: Parts) {
    this.#parts = parts;
    // Clicks and texts of assistive technology come without a pointer and without a key.
    for (const touch of ["pointermove", "pointerdown", "wheel", "keydown", "click", "input", "focus"] as const)
      addEventListener(touch, () => this.#touched(), { capture: true, passive: true });
    addEventListener("pointermove", (event) => this.#moved(event), { passive: true });
    addEventListener("pointerdown", (event) => this.#down(event), { passive: true });
    for (const end of ["pointerup", "pointercancel"] as const) addEventListener(end, (event) => this.#up(event), { passive: true });
    document.documentElement.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && this.#point(-1, -1, false), { passive: true });
    addEventListener("wheel", (event) => this.#wheel(event), { passive: true });
    addEventListener("keydown", (event) => this.#key(event), { capture: true });
  }

  /** Wheel or finger have moved a list just now. */
  get scrolling(): boolean {
    return performance.now() - this.#scrolledAt < scrollingMs;
  }

  /** Nobody uses the window. */
  get resting(): boolean {
    return performance.now() - this.#touchedAt >= restMs;
  }
  #touched(): void {
    this.#touchedAt = performance.now();
    this.#parts.frames.hurry();
  }

  // --- from the mirror ---

  text(node: number, text: string): void {
    // Several come between two frames: the last one is the text.
    this.#texts.set(node, text);
    this.#parts.frames.request();
  }
  click(node: number): void {
    this.flush();
    this.#parts.shell.click(node);
    this.#parts.frames.request();
  }
  value(node: number, value: number): void {
    this.#parts.shell.value(node, value);
    this.#parts.frames.request();
  }
  /** The interface gets what is made of it; nothing, where that fails. */
  file(node: number, file: File): void {
    portraitOf(file).then(
      (jpeg) => this.text(node, jpeg),
      (error: unknown) => {
        console.info(`${file.name} is not taken:`, error);
        this.text(node, "");
      },
    );
  }
  submit(form: number): void {
    this.flush();
    this.#parts.shell.submit(form);
    this.#parts.frames.request();
  }
  focus(node: number): void {
    this.#focus = node;
    this.#parts.shell.focus(node, this.#keyboard);
    this.#parts.frames.request();
  }

  /** What was typed, before the frame that shall know of it. */
  flush(): void {
    for (const [node, text] of this.#texts) this.#parts.shell.text(node, text);
    this.#texts.clear();
  }

  /** After a frame, when the mirror has its new elements. @param moved  the interface has given somebody the focus. */
  settle(moved: boolean): void {
    const [arrow, step] = [this.#arrow, this.#step];
    this.#arrow = undefined;
    this.#step = undefined;
    if (moved) return;
    if (arrow && arrow.item === document.activeElement) this.#move(arrow.item, arrow.chord);
    if (!step) return;
    itemsOf(step.list)
      .find((one) => Number(one.getAttribute("aria-posinset")) === step.position)
      ?.focus({ preventScroll: true });
    this.#point(...this.#pointer, false);
  }

  // --- pointer ---

  #point(x: number, y: number, touch: boolean): void {
    const { shell, frames } = this.#parts;
    const outside = x < 0 && y < 0;
    shell.pointer(outside ? -1 : x * frames.scale, outside ? -1 : y * frames.scale, touch);
    frames.request();
  }
  #moved(event: PointerEvent): void {
    if (event.pointerType === "touch") return this.#dragged(event);
    this.#pointer = [event.clientX, event.clientY];
    this.#point(event.clientX, event.clientY, false);
  }
  #down(event: PointerEvent): void {
    this.#settleScroll();
    if (this.#keyboard) {
      this.#keyboard = false;
      this.focus(this.#focus);
    }
    if (event.pointerType !== "touch") return this.#press(event.button === 0);
    this.#fling = undefined;
    this.#finger ??= { id: event.pointerId, y: event.clientY, dragging: false, track: new FingerTrack() };
    this.#finger.track.add(event.clientY, event.timeStamp);
    this.#point(event.clientX, event.clientY, true);
  }
  #dragged(event: PointerEvent): void {
    const finger = this.#finger;
    if (finger?.id !== event.pointerId) return;
    finger.track.add(event.clientY, event.timeStamp);
    const down = finger.y - event.clientY;
    finger.dragging ||= Math.abs(down) >= dragSlopPx;
    if (!finger.dragging) return;
    finger.y = event.clientY;
    this.#scrollBy(down);
  }
  #press(down: boolean): void {
    this.#parts.shell.press(down);
    this.#parts.frames.request();
  }
  #up(event: PointerEvent): void {
    if (event.pointerType !== "touch") return this.#press(false);
    const finger = this.#finger;
    if (finger?.id !== event.pointerId) return;
    this.#finger = undefined;
    if (finger.dragging && event.type === "pointerup") this.#fling = new Fling(finger.track.speed(event.timeStamp), event.timeStamp);
    if (this.#fling && !this.#fling.over) return this.#goOn();
    this.#leave();
  }
  /** The list goes on under the place that the finger has left, a step a frame. */
  #goOn(): void {
    requestAnimationFrame((now) => {
      const fling = this.#fling;
      if (!fling) return;
      this.#scrollBy(fling.step(now));
      if (!fling.over) return this.#goOn();
      this.#fling = undefined;
      this.#leave();
    });
  }
  #leave(): void {
    // Nothing hovers under a finger that is gone; the click that may follow comes through the mirror.
    this.#point(-1, -1, true);
  }
  #wheel(event: WheelEvent): void {
    if (event.ctrlKey || (isField(event.target) && event.target === document.activeElement && event.target.scrollHeight > event.target.clientHeight)) return;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? innerHeight * 0.9 : 1;
    this.#scrollBy(event.deltaY * unit);
  }
  #scrollBy(down: number): void {
    this.#scrolledAt = performance.now();
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#parts.frames.request(), scrollingMs);
    this.#parts.shell.wheel(down * this.#parts.frames.scale);
    this.#parts.frames.request();
  }
  /** What is pressed now is where it is seen. */
  #settleScroll(): void {
    this.#scrolledAt = -Infinity;
    this.#parts.mirror();
  }

  // --- keys ---

  #key(event: KeyboardEvent): void {
    this.#settleScroll();
    if (event.isComposing || event.keyCode === 229) return;
    const chord = chordOf({ ...pick(event), altGraph: event.getModifierState("AltGraph") }, this.#mac);
    if (chord === undefined) return;
    this.#byKeyboard();
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    if (chord === "F6" && this.#leavesToBrowser(target)) return;
    if (isField(target)) return this.#inField(event, chord, target);
    if (chord === "Tab" || chord === "Shift+Tab") return;
    if (/^(Arrow|Home|End)/.test(chord) && listOf(target)) return this.#inList(event, target, chord);
    const native = target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement || target instanceof HTMLInputElement;
    if ((chord === "Enter" || chord === "Space") && target !== document.body) {
      if (native) return;
      event.preventDefault();
      return target.click();
    }
    // The browser's own: copy, find, reload …
    if (/^(Ctrl|Alt)\+/.test(chord) && !isOwn(chord)) return;
    if (target instanceof HTMLInputElement && /^(Arrow|Page|Home|End)/.test(chord)) return;
    this.#strike(event, chord);
  }

  /** After the last pane F6 is the browser's; if that gives the page the keyboard back, it begins anew. */
  #leavesToBrowser(target: HTMLElement): boolean {
    this.#browserHasF6 = !this.#browserHasF6 && this.#parts.mirror().isLastPane(target);
    return this.#browserHasF6;
  }

  #inField(event: KeyboardEvent, chord: string, field: HTMLInputElement | HTMLTextAreaElement): void {
    const multiline = field instanceof HTMLTextAreaElement;
    if (!leavesField(chord, multiline, field.value === "")) return;
    // Enter in a form submits it.
    if (chord === "Enter" && !multiline && field.form !== null) return;
    if (chord === "Enter") event.preventDefault();
    this.#strike(event, chord);
  }

  #strike(event: KeyboardEvent, chord: string): void {
    if (isOwn(chord)) event.preventDefault();
    this.flush();
    this.#parts.shell.key(chord, this.#parts.mirror().focused);
    this.#parts.frames.request();
  }

  #byKeyboard(): void {
    if (this.#keyboard) return;
    this.#keyboard = true;
    this.focus(this.#focus);
  }

  #inList(event: KeyboardEvent, item: HTMLElement, chord: string): void {
    event.preventDefault();
    const list = item.parentElement?.dataset["role"];
    if (list === "tablist" || list === "radio_group") return this.#move(item, chord);
    this.#arrow = { item, chord };
    this.#strike(event, chord);
  }

  #move(item: HTMLElement, chord: string): void {
    const list = listOf(item);
    if (!list) return;
    const row = list.dataset["role"] === "tablist" || list.dataset["role"] === "radio_group";
    const back = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const forth = back === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const by = chord === "ArrowDown" || (row && chord === forth) ? 1 : chord === "ArrowUp" || (row && chord === back) ? -1 : 0;
    const items = itemsOf(list);
    const at = items.indexOf(item);
    const next = chord === "Home" ? items[0] : chord === "End" ? items.at(-1) : by === 0 ? undefined : items[at + by];
    if (next) {
      next.focus({ preventScroll: true });
      // A radio or tab is chosen by going there, a row is opened by Enter.
      if (row) next.click();
      return this.#reveal(list, next);
    }
    const position = Number(item.getAttribute("aria-posinset")) + by;
    if (by !== 0 && position >= 1 && position <= Number(item.getAttribute("aria-setsize"))) this.#scrollTo(list, item, by, position);
  }

  /** A row that is seen in part is scrolled into sight. */
  #reveal(list: HTMLElement, item: HTMLElement): void {
    const [outer, inner] = [list.getBoundingClientRect(), item.getBoundingClientRect()];
    const by = inner.bottom > outer.bottom ? inner.bottom - outer.bottom : inner.top < outer.top ? inner.top - outer.top : 0;
    if (by !== 0) this.#scroll(outer, by);
  }
  /** The next row is not there yet: only what is seen has elements. */
  #scrollTo(list: HTMLElement, item: HTMLElement, by: number, position: number): void {
    this.#step = { list, position };
    this.#scroll(list.getBoundingClientRect(), by * item.offsetHeight);
  }
  #scroll(where: DOMRect, by: number): void {
    this.#point(where.left + where.width / 2, where.top + where.height / 2, false);
    this.#parts.shell.wheel(by * this.#parts.frames.scale);
    this.#parts.frames.request();
  }
}

function pick({ key, code, ctrlKey, altKey, shiftKey, metaKey }: KeyboardEvent) {
  return { key, code, ctrlKey, altKey, shiftKey, metaKey };
}

