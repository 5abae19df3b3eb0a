import { type DrivenPage, type InputActions } from "./browsers.ts";
import { until } from "./processes.ts";

/** What the page shows of an element. */
export interface Shown {
  role: string;
  name: string;
  text: string;
  disabled: boolean;
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Everything with a role that can be reached now, by the page's own elements; names as the accessibility rules make them (aria-label, else the text). */
const shown = `[...document.querySelectorAll("#mirror [data-role]")].filter((one) => !one.closest("[inert]")).map((one) => {
  const { left, top, width, height } = one.getBoundingClientRect();
  const text = "value" in one && one.tagName !== "BUTTON" ? one.value : one.textContent;
  return { role: one.dataset.role, name: one.getAttribute("aria-label") ?? one.textContent, text, disabled: one.matches(":disabled, [aria-disabled=true]"), left, top, width, height };
})`;

/** As WebDriver numbers it. */
const control = "\uE009";

/** A page used by roles and names with a real pointer and real keys, in browsers that Playwright does not drive. Roles: shell/semantics.hpp. */
export class ByRoles {
  constructor(readonly page: DrivenPage) {}

  /** Resolves when there is such an element. */
  async see(role: string, name: string | RegExp): Promise<Shown> {
    const fits = (one: Shown): boolean => one.role === role && !one.disabled && (typeof name === "string" ? one.name === name : name.test(one.name));
    let last: readonly Shown[] = [];
    return until(`${role} ${name}`, async () => (last = await this.page.evaluate<Shown[]>(shown)).find(fits)).catch((fault: Error) => {
      throw new Error(`${fault.message}; there is ${last.map((one) => `${one.role} "${one.name}"`).join(", ")}; ${this.page.messages.join(", ")}`);
    });
  }
  /** Resolves when there is none. */
  async seeNo(role: string, name: RegExp): Promise<void> {
    await until(`no ${role} ${name}`, async () =>
      (await this.page.evaluate<Shown[]>(shown)).some((one) => one.role === role && name.test(one.name)) ? undefined : true,
    );
  }

  async press(role: string, name: string | RegExp): Promise<void> {
    const { left, top, width, height } = await this.see(role, name);
    const [x, y] = [Math.round(left + width / 2), Math.round(top + height / 2)];
    await this.perform({
      type: "pointer",
      id: "mouse",
      actions: [{ type: "pointerMove", x, y }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }],
    });
  }
  /** Into what has the focus. */
  private async type(text: string): Promise<void> {
    const actions = [...text].flatMap((value) => [
      { type: "keyDown", value },
      { type: "keyUp", value },
    ]);
    await this.perform({ type: "key", id: "keyboard", actions });
  }
  /** Instead of what is in a field. */
  async write(field: string, text: string): Promise<void> {
    await this.press("text_field", field);
    await this.chord(control, "a");
    await this.type(text);
    await until(`${text} in ${field}`, async () => ((await this.see("text_field", field)).text === text ? true : undefined));
  }
  private async chord(modifier: string, key: string): Promise<void> {
    await this.perform({
      type: "key",
      id: "keyboard",
      actions: [
        { type: "keyDown", value: modifier },
        { type: "keyDown", value: key },
        { type: "keyUp", value: key },
        { type: "keyUp", value: modifier },
      ],
    });
  }

  async signIn(user: string): Promise<void> {
    await this.write("Name", user);
    await this.write("Password", "sidetone");
    await this.press("button", "Sign in");
    await this.see("navigation", "Main");
  }
  /** Somebody's card, found by the first name. */
  async open(name: string): Promise<void> {
    await this.press("toggle", /^Contacts/);
    await this.write("Find a person or dial", name.split(" ")[0]?.toLowerCase() ?? "");
    await this.press("option", new RegExp(name));
    await this.see("heading", name);
  }

  private perform(...actions: InputActions): Promise<void> {
    return this.page.perform(actions);
  }
}
